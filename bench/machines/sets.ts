import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '../../base/json';
import { writeFileAtomic } from '../../stack/files';
import { isAlive, ownIdentity, type ProcessIdentity, readIdentity, startTimeOf } from '../../stack/identity';

/** One for each network of 256 addresses in 198.18.0.0/15, which is set aside for tests of networks. */
const MAX_SETS = 512;
/** A folder without a record is being made, or whoever made it was killed at that. */
const MAKING_MS = 60_000;

/** Where the sets of this user are: each in a folder by its number. */
export function setsFolder(): string {
  return join(tmpdir(), `gantry-machines-${process.getuid?.() ?? 0}`);
}

/** A number that nobody else has while this process lives, and its folder. */
export class Claim {
  readonly #processes: ProcessIdentity[] = [];

  constructor(
    readonly number: number,
    readonly folder: string,
  ) {
    this.#write();
  }

  /** Has a process ended with the set when we do not come to it. */
  record(pid: number): void {
    this.#processes.push({ pid, startTime: startTimeOf(pid) ?? '' });
    this.#write();
  }

  release(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(): void {
    writeFileAtomic(join(this.folder, RECORD), JSON.stringify({ owner: ownIdentity(), processes: this.#processes }));
  }
}

const RECORD = 'owner.json';

/** Takes the lowest number from `first` on that is free, after what killed processes have left is cleared away. */
export function claimSet(first = 0): Claim {
  sweepSets();
  const base = setsFolder();
  mkdirSync(base, { recursive: true, mode: 0o755 });
  for (let number = first; number < MAX_SETS; number++) {
    const folder = join(base, String(number));
    try {
      // Of several who do this, one succeeds.
      mkdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    return new Claim(number, folder);
  }
  throw new Error(`all ${MAX_SETS} sets of machines are in use`);
}

/** Clears away the sets of processes that have ended without doing so. */
export function sweepSets(): void {
  const base = setsFolder();
  for (const name of namesIn(base)) {
    const folder = join(base, name);
    const record = readRecord(folder);
    if (record ? isAlive(record.owner) : isYoung(folder)) continue;
    const taken = join(base, `${name}.${process.pid}`);
    try {
      // Of several who find it, one clears it away.
      renameSync(folder, taken);
    } catch {
      continue;
    }
    for (const process of record?.processes ?? []) if (isAlive(process)) kill(process.pid);
    rmSync(taken, { recursive: true, force: true });
  }
}

interface SetRecord {
  owner: ProcessIdentity;
  processes: ProcessIdentity[];
}

function readRecord(folder: string): SetRecord | undefined {
  try {
    const { owner, processes } = parseJson(readFileSync(join(folder, RECORD), 'utf8')) as Record<string, unknown>;
    const identity = readIdentity(owner);
    if (!identity || !Array.isArray(processes)) return undefined;
    return { owner: identity, processes: processes.flatMap((value) => readIdentity(value) ?? []) };
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isYoung(folder: string): boolean {
  try {
    return Date.now() - statSync(folder).mtimeMs < MAKING_MS;
  } catch {
    return true;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
