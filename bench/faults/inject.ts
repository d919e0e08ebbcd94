import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Home } from '../../stack/home';
import type { StackFile } from '../../stack/record';

const PAUSE_MS = 20_000;
const FULL_MS = 10_000;

/** What a fault is done to. */
export interface Victim {
  home: Home;
  /** Which processes run now: supervisors start killed ones again. */
  record: StackFile;
}

/** A fault: resolves when the damage is over. Who was killed is started again by the stack's own supervisor. */
type Fault = (victim: Victim) => Promise<void>;

export const FAULTS: Record<string, Fault> = {
  worker: async (victim) => kill(victim, ['worker-1']),
  api: async (victim) => kill(victim, ['api-1']),
  temporal: async (victim) => kill(victim, ['temporal']),
  postgres: async (victim) => kill(victim, ['postgres']),
  all: async (victim) => kill(victim, ['worker-1', 'worker-2', 'api-1', 'api-2', 'temporal', 'postgres']),
  'pause-postgres': pausePostgres,
  'disk-full': fillDisk,
};

/** Those that hit a server, which has to be the stack's own. */
export const SERVER_FAULTS = ['temporal', 'postgres', 'all', 'pause-postgres', 'disk-full'];

function kill({ record }: Victim, names: readonly string[]): void {
  for (const pid of names.map((name) => pidOf(record, name))) process.kill(pid, 'SIGKILL');
}

/** Postgres and all of its backends stand still, as on a machine that swaps or a volume that hangs. */
async function pausePostgres({ record }: Victim): Promise<void> {
  const server = pidOf(record, 'postgres');
  const pids = [server, ...childrenOf(server)];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await delay(PAUSE_MS);
  } finally {
    for (const pid of pids) continueIfThere(pid);
  }
}

/** The home is a small file system of its own (see `mountSmallDisk`): one file takes all that is left of it. */
async function fillDisk({ home }: Victim): Promise<void> {
  const file = join(home.folder, 'filler');
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(64 * 1024);
  try {
    for (;;) writeSync(handle, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
  }
  await delay(FULL_MS);
  rmSync(file);
}

/** Mounts a file system in memory at the home, for faults that fill it; only root may. */
export function mountSmallDisk(folder: string, megabytes: number): () => void {
  // 0711: as root, Postgres runs as another user that has to get through.
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'gantry-faults', folder]);
  if (statfsSync(folder).blocks * statfsSync(folder).bsize > (megabytes + 1) * 2 ** 20) {
    throw new Error(`${folder} is not the small disk that it should be`);
  }
  return () => execFileSync('umount', ['--lazy', folder]);
}

function pidOf(record: StackFile, name: string): number {
  const found = record.processes[name];
  if (!found) throw new Error(`${name} does not run: the round before has not ended well`);
  return found.pid;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function continueIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // Ended meanwhile.
  }
}
