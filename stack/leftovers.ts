import { setTimeout as sleep } from 'node:timers/promises';
import type { Home } from './home';
import { isAlive, type ProcessIdentity } from './identity';
import { say } from './output';
import { readPidFiles, removePidFile } from './pid-files';
import type { StackRecord } from './record';
import { type ServerName, serversOn } from './servers';

const GRACE_MS = 6_000;
const POLL_MS = 50;

interface Leftover {
  name: string;
  identity: ProcessIdentity;
}

/**
 * Ends what an earlier supervisor of this home started and left behind when it was killed: asked first, then killed. What
 * that is, is said by stack.json, by a pid file for each process, and, should both be damaged or gone, by Postgres' own
 * and by the command lines of the servers. A process is touched only when pid and start time agree with what is known of
 * it; a pid that somebody else has now is not ours.
 */
export async function endLeftovers(home: Home, record: StackRecord): Promise<void> {
  const noted = readPidFiles(home);
  const known = [record.processes, noted]
    .flatMap((processes) => Object.entries(processes))
    .map(([name, identity]): Leftover => ({ name, identity }));
  await endAll([...known, ...serversOn(home)].filter(({ name }) => name !== 'supervisor'));
  for (const name of Object.keys(noted)) if (name !== 'supervisor') removePidFile(home, name);
}

/** Ends the servers of one kind that run on a home's data: call it before another one is started there. */
export async function endServers(home: Home, wanted: ServerName): Promise<void> {
  await endAll(serversOn(home).filter(({ name }) => name === wanted));
}

async function endAll(found: readonly Leftover[]): Promise<void> {
  const left = new Map<number, Leftover>();
  for (const one of found) {
    if (one.identity.pid !== process.pid && isAlive(one.identity)) left.set(one.identity.pid, one);
  }
  if (left.size === 0) return;
  const list = [...left.values()].map(({ name, identity }) => `${name} (pid ${identity.pid})`);
  say(`ending what an earlier start left behind: ${list.join(', ')}`);
  await Promise.all([...left.values()].map(end));
}

async function end({ name, identity }: Leftover): Promise<void> {
  // Postgres: SIGINT is its fast shutdown, SIGTERM waits for clients to leave.
  signalIfSame(identity, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  const deadlineMs = Date.now() + GRACE_MS;
  while (isAlive(identity)) {
    if (Date.now() > deadlineMs) {
      signalIfSame(identity, 'SIGKILL');
      await sleep(POLL_MS * 4);
      if (isAlive(identity)) throw new Error(`${name} of an earlier start (pid ${identity.pid}) cannot be ended`);
    }
    await sleep(POLL_MS);
  }
}

function signalIfSame(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // Ended between the look and the signal.
  }
}
