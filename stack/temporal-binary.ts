import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf, say } from './output';
import type { ProcessTable } from './processes';
import { StoppingError } from './processes';
import { buildTemporal } from './temporal-build';
import { downloadTemporal } from './temporal-download';

/** The version of the Temporal CLI that is downloaded or built; it contains the development server. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

const VERSION_CALL_MS = 60_000;
const ABANDONED_AFTER_MS = 3_600_000;

/**
 * The path of a `temporal` program: on PATH, else in the user's cache, else downloaded into it, else built with Go.
 *
 * @param signal ends a download; a build is ended through the table
 * @throws Error that says what was tried
 */
export async function findTemporal(table: ProcessTable, signal: AbortSignal): Promise<string> {
  const onPath = await findOnPath();
  if (onPath) return onPath;
  const folder = path.join(cacheFolder(), `temporal-cli-${TEMPORAL_CLI_VERSION}`);
  const cached = path.join(folder, 'temporal');
  if (isExecutable(cached)) return cached;

  fs.mkdirSync(folder, { recursive: true });
  removeAbandoned(folder);
  // Made in a folder of our own and renamed: two starts at once do the work twice, and neither sees a half program.
  const workshop = path.join(folder, `.new-${process.pid}-${randomBytes(4).toString('hex')}`);
  fs.mkdirSync(workshop);
  try {
    const made = await make(workshop, table, signal);
    await versionOf(made);
    fs.renameSync(made, cached);
    return cached;
  } finally {
    fs.rmSync(workshop, { recursive: true, force: true });
  }
}

async function make(workshop: string, table: ProcessTable, signal: AbortSignal): Promise<string> {
  let downloadProblem: string;
  try {
    return await downloadTemporal(TEMPORAL_CLI_VERSION, workshop, signal);
  } catch (error) {
    if (signal.aborted) throw new StoppingError('download stopped', { cause: error });
    downloadProblem = messageOf(error);
    say(`Temporal cannot be downloaded (${downloadProblem}); building it with Go`);
  }
  try {
    return await buildTemporal(TEMPORAL_CLI_VERSION, workshop, table);
  } catch (error) {
    if (table.closed) throw error;
    throw new Error(
      `No Temporal server: none on PATH, the download failed (${downloadProblem}) and so did the build (${messageOf(error)}). ` +
        'Install the `temporal` command line (https://docs.temporal.io/cli) or Go, or set TEMPORAL_ADDRESS.',
      { cause: error },
    );
  }
}

async function findOnPath(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, 'temporal');
    if (!path.isAbsolute(folder) || !isExecutable(file)) continue;
    try {
      await versionOf(file);
      return file;
    } catch {
      say(`${file} is not the Temporal command line; looking further`);
    }
  }
  return undefined;
}

/** Runs `temporal --version`, which proves that the file is whole and for this machine. */
async function versionOf(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(file, ['--version'], { timeout: VERSION_CALL_MS });
  if (!/temporal version/i.test(stdout)) throw new Error(`${file} --version answered: ${stdout.slice(0, 100)}`);
  return stdout.trim();
}

function cacheFolder(): string {
  const configured = process.env.XDG_CACHE_HOME;
  const base = configured && path.isAbsolute(configured) ? configured : path.join(os.homedir(), '.cache');
  return path.join(base, 'gantry');
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Workshops of starts that were killed; a running build touches its folder within the hour. */
function removeAbandoned(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const place = path.join(folder, name);
    const stat = fs.statSync(place, { throwIfNoEntry: false });
    if (name.startsWith('.new-') && stat && Date.now() - stat.mtimeMs > ABANDONED_AFTER_MS) {
      fs.rmSync(place, { recursive: true, force: true });
    }
  }
}
