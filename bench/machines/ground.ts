import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ended, runProgram } from './commands';
import { type Claim, claimSet } from './sets';

const KEEP = join(__dirname, 'keep.sh');

/** What a set of machines stands on: a network behind a link of ours, a disk, and a space of processes. */
export interface Ground {
  claim: Claim;
  /** The first three numbers of its addresses. */
  net: string;
  /** The first of its processes, as we number it. */
  pid: number;
  /** Its disk, as we reach it. */
  disk: string;
  remove(): Promise<void>;
}

/** Makes the ground for a set, under a number that no other has. */
export async function layGround(): Promise<Ground> {
  for (let first = 0; ; ) {
    const claim = claimSet(first);
    const ground = await tryNumber(claim);
    if (ground) return ground;
    // Somebody has it who shares our network and not our folders.
    first = claim.number + 1;
  }
}

async function tryNumber(claim: Claim): Promise<Ground | undefined> {
  const net = `198.${18 + (claim.number >> 8)}.${claim.number & 255}`;
  const link = `gm${claim.number}`;
  const child = spawn(
    'unshare',
    ['--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', KEEP, claim.folder, net],
    // When we end, whatever the reason, its input does, and so does it.
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.on('error', () => {
    // Its end is heard of otherwise.
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`the ground of a set of machines gave way: ${said.trim()}`);
    return String(value);
  };
  const remove = async () => {
    await take(child);
    // It would go by itself a while later.
    await runProgram('ip', ['link', 'del', link]).catch(() => {});
    claim.release();
  };
  try {
    await once(child, 'spawn');
    claim.record(child.pid!);
    const pid = Number(await next());
    try {
      await runProgram('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'out', 'netns', String(pid)]);
    } catch (error) {
      await take(child);
      claim.release();
      if (String(error).includes('File exists')) return undefined;
      throw error;
    }
    await runProgram(
      'ip',
      ['-batch', '-'],
      [
        `addr add ${net}.254/32 dev ${link}`,
        `link set ${link} up`,
        `route add ${net}.0/24 via ${net}.253 dev ${link} onlink src ${net}.254`,
        '',
      ].join('\n'),
    );
    child.stdin.write('\n');
    await next();
    return { claim, net, pid, disk: `/proc/${pid}/root${claim.folder}`, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function take(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await ended(child);
}
