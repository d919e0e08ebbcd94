import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tailOf } from './files';
import { elapsedSeconds, say } from './output';
import type { ProcessTable } from './processes';

const PROGRESS_EVERY_MS = 10_000;

/** What fetches modules may be slow or away for a moment; what was fetched and compiled is kept from try to try. */
const TRIES = 3;
const PAUSE_MS = 5_000;

/**
 * Builds the Temporal CLI with `go install` (about three minutes on two cores, once per user).
 *
 * @param version without `v`
 * @param workshop an empty folder; the program is left in it
 * @returns the program's path
 * @throws Error with the end of what the last of three tries has printed; StoppingError once the stop has begun
 */
export async function buildTemporal(
  version: string,
  workshop: string,
  table: ProcessTable,
  { pauseMs = PAUSE_MS } = {},
): Promise<string> {
  say(`building Temporal ${version} with Go: about three minutes, once`);
  for (let left = TRIES - 1; ; left--) {
    const problem = await tryBuild(version, workshop, table);
    if (problem === undefined) break;
    if (left === 0 || table.closed) throw new Error(`go install failed: ${problem}`);
    say(`go install failed: ${problem}; trying again`);
    await sleep(pauseMs);
  }
  say('Temporal is built');
  return path.join(workshop, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
}

/** @returns why it failed, undefined when it is built */
async function tryBuild(version: string, workshop: string, table: ProcessTable): Promise<string | undefined> {
  const build = await table.start(
    'temporal-build',
    'go',
    // -v prints each package as it is compiled: what the progress line counts.
    ['install', '-v', `github.com/temporalio/cli/cmd/temporal@v${version}`],
    { env: { ...process.env, GOBIN: workshop }, cwd: workshop, helpers: 'group' },
  );
  const logStart = fs.statSync(build.logFile).size;
  const startedAtSeconds = elapsedSeconds();
  const progress = setInterval(() => {
    const seconds = Math.round(elapsedSeconds() - startedAtSeconds);
    say(`building Temporal: ${countLines(build.logFile, logStart)} packages fetched or compiled, ${seconds} s`);
    touch(workshop);
  }, PROGRESS_EVERY_MS);
  try {
    const { code } = await build.exited;
    return code === 0 ? undefined : tailOf(build.logFile, 3);
  } finally {
    clearInterval(progress);
  }
}

function countLines(file: string, fromByte: number): number {
  return fs.readFileSync(file).subarray(fromByte).toString('utf8').split('\n').length - 1;
}

/** Tells other starts that this workshop is not abandoned. */
function touch(folder: string): void {
  const now = new Date();
  fs.utimesSync(folder, now, now);
}
