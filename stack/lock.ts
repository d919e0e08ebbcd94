import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringifyJson } from '../base/json';
import { readJsonIfThere } from './files';
import type { Home } from './home';
import { isAlive, ownIdentity, type ProcessIdentity } from './identity';
import { readPidFiles } from './pid-files';
import { readRecord } from './record';

/** Two starts that both found a dead owner need a moment to see which of them got the lock. */
const CONFIRM_MS = 60;
/** A stack that is going down is waited for; it promises to need 10 s at most. */
const STOPPING_PATIENCE_MS = 20_000;
/** A stack whose launcher was just killed notices within this time that it has to go. */
const SECOND_LOOK_MS = 700;
const POLL_MS = 100;

/** Somebody else's stack runs on this home. */
export class HomeInUseError extends Error {
  override readonly name = 'HomeInUseError';
}

/**
 * Makes this process the only supervisor of the home.
 *
 * @returns a function that gives the home free again
 * @throws HomeInUseError naming the pid and address of the other
 */
export async function lockHome(home: Home): Promise<() => void> {
  await waitForOther(home);
  const own = ownIdentity();
  if (!createLock(home, own)) {
    // Its owner is dead, or waitForOther would not have come back.
    fs.rmSync(home.lockFile, { force: true });
    createLock(home, own);
  }
  await sleep(CONFIRM_MS);
  const winner = readOwner(home);
  if (winner?.pid !== own.pid) throw inUse(home, winner ?? own);
  return () => {
    if (readOwner(home)?.pid === own.pid) fs.rmSync(home.lockFile, { force: true });
  };
}

function createLock(home: Home, own: ProcessIdentity): boolean {
  try {
    fs.writeFileSync(home.lockFile, stringifyJson(own), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Returns when no supervisor is alive on this home; throws when one is and stays. */
async function waitForOther(home: Home): Promise<void> {
  const startedAtMs = Date.now();
  for (;;) {
    const owner = findOwner(home);
    if (!owner) return;
    const waitedMs = Date.now() - startedAtMs;
    const patienceMs = readRecord(home.stackFile).state === 'stopping' ? STOPPING_PATIENCE_MS : SECOND_LOOK_MS;
    if (waitedMs > patienceMs) throw inUse(home, owner);
    await sleep(POLL_MS);
  }
}

/** Another supervisor that lives: any of the three files may be damaged or gone. */
function findOwner(home: Home): ProcessIdentity | undefined {
  const named = [readOwner(home), readRecord(home.stackFile).processes.supervisor, readPidFiles(home).supervisor];
  return named.find((owner) => owner && owner.pid !== process.pid && isAlive(owner));
}

function readOwner(home: Home): ProcessIdentity | undefined {
  const value = readJsonIfThere(home.lockFile) as Partial<ProcessIdentity> | null | undefined;
  // In a container the supervisor may be the first process. It gets no signal from us.
  if (!value || typeof value.pid !== 'number' || typeof value.startTime !== 'string') return undefined;
  return { pid: value.pid, startTime: value.startTime };
}

function inUse(home: Home, owner: ProcessIdentity): HomeInUseError {
  const { state, addresses } = readRecord(home.stackFile);
  const where = addresses.api ? ` at ${addresses.api}` : '';
  return new HomeInUseError(
    `A stack runs already on ${home.folder}: pid ${owner.pid}${where} (${state}). Stop it first, or set GANTRY_HOME to another folder.`,
  );
}
