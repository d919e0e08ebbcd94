import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, scaled } from './bench';
import { LocalTransport } from './hosts/local';
import { runParameterCases } from './hosts/parameter-runs';
import { findProgram, makePath, SHELLS } from './hosts/shells';

const RUNS = 5_000;
const SEED = 1;
const SHOWN = 20;

/** Random values in random scripts, each of them a run on a host: what the script saw against what it was given. */
export async function run(bench: Bench): Promise<void> {
  const { report, signal } = bench;
  const count = scaled(bench, RUNS, 100);
  const shells = SHELLS.filter((shell) => findProgram(shell) !== undefined);
  report.heading(`parameters: ${count} runs of seed ${SEED}, in ${shells.join(', ')} in turn`);
  const folder = mkdtempSync(join(tmpdir(), 'gantry-parameters-'));
  try {
    const hosts = shells.map((shell) => {
      const home = join(folder, shell);
      mkdirSync(home);
      const path = makePath(shell, join(folder, `${shell}-bin`));
      const transport = new LocalTransport({
        shell: [join(folder, `${shell}-bin`, 'sh')],
        env: { PATH: path, HOME: home },
      });
      return { transport, home };
    });
    const { finished, wrong } = await runParameterCases(hosts, { seed: SEED, count, signal });
    report.line(`${finished} runs`);
    for (const one of wrong.slice(0, SHOWN)) report.line(JSON.stringify(one));
    report.target(`parameters: runs of ${count} that saw something else`, wrong.length, { atMost: 0 });
    report.target('parameters: runs', finished, { atLeast: count });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
