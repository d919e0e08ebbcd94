import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pickPorts } from '../stack/ports';
import { MAIN } from '../stack/services';
import { type Bench, scaled } from './bench';
import { round } from './report';
import { removeTemporaryHome, temporaryHome } from './stack';
import { median } from './statistics';

const STARTS = 5;
/** Settings of whoever runs the bench that would make it another stack. */
const OTHERS = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'GANTRY_PLUGINS'];

/** `gantry start`, from the command to `ready`: on an empty home, and on one that has been started before. */
export async function run(bench: Bench): Promise<void> {
  const { report } = bench;
  const home = temporaryHome();
  try {
    const { api } = await pickPorts(['api'], {});
    const first = await start(home.folder, api);
    const again: number[] = [];
    for (let count = 0; count < scaled(bench, STARTS); count++) again.push(await start(home.folder, api));
    report.heading('start: gantry start to ready');
    report.line(`first ${round(first / 1000)} s, then ${round(median(again) / 1000)} s`);
    report.keep('start: ms to ready', { first, again });
  } finally {
    removeTemporaryHome(home);
  }
}

/** Starts the stack, waits for `ready`, and stops it; the ms to `ready`. */
async function start(folder: string, port: number): Promise<number> {
  const env = { ...process.env, GANTRY_HOME: folder, GANTRY_PORT: String(port) };
  for (const name of OTHERS) delete env[name as keyof typeof env];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN, 'start', '--no-example'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let readyMs: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('ready ') || readyMs !== undefined) continue;
    readyMs = performance.now() - startedAt;
    child.kill('SIGTERM');
  }
  await ended;
  if (readyMs === undefined) throw new Error('the stack ended before it was ready');
  return readyMs;
}
