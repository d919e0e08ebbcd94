import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parameterBlock } from '../../hosts/parameters/block';
import type { BareOrder, BareUsage } from './bare-client';
import type { SshHosts } from './ssh-hosts';
import { PARAMETERS, SCRIPT } from './step';

const READY_WITHIN_MS = 60_000;
const DONE_WITHIN_MS = 10 * 60_000;

/** Starts the ssh server that many hosts are. */
export async function openSshHosts(): Promise<{ hosts: SshHosts; close(): void }> {
  const child = fork(join(__dirname, 'ssh-hosts.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const hosts = await answerOf<SshHosts>(child, READY_WITHIN_MS);
  return { hosts, close: () => child.disconnect() };
}

/** Has a process with nothing in it but ssh2 send to hosts what Gantry sends. */
export async function runBare(hosts: SshHosts, addresses: readonly string[], inFlight: number): Promise<BareUsage> {
  const declared = new Map(Object.keys(PARAMETERS).map((name) => [name, { type: 'text' as const }]));
  const made = parameterBlock({ values: new Map(Object.entries(PARAMETERS)) }, declared);
  if ('problems' in made) throw new Error(made.problems.join('; '));
  const order: BareOrder = { hosts, addresses, inFlight, block: made.block, script: SCRIPT };
  const child = fork(join(__dirname, 'bare-client.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(order);
  const usage = await answerOf<BareUsage>(child, DONE_WITHIN_MS);
  child.disconnect();
  await once(child, 'exit');
  return usage;
}

/** What a process says of itself, once. */
async function answerOf<Answer>(child: ChildProcess, withinMs: number): Promise<Answer> {
  const signal = AbortSignal.timeout(withinMs);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of the bench ended with ${code}`);
  });
  ended.catch(() => {});
  const [answer] = (await Promise.race([once(child, 'message', { signal }), ended])) as [Answer];
  return answer;
}
