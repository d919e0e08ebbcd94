import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './identity';
import { say } from './output';
import type { StackRecord } from './record';

const GRACE_MS = 6_000;
const POLL_MS = 50;

/**
 * Ends what an earlier supervisor of this home started and left behind when it was killed: asked first, then killed.
 * A process is touched only when pid and start time agree with the record; a pid that somebody else has now is not ours.
 */
export async function endLeftovers(record: StackRecord): Promise<void> {
  const left = Object.entries(record.processes).filter(
    ([name, process_]) => name !== 'supervisor' && isAlive(process_),
  );
  if (left.length === 0) return;
  say(`ending what an earlier start left behind: ${left.map(([name, { pid }]) => `${name} (pid ${pid})`).join(', ')}`);
  await Promise.all(left.map(([name, identity]) => end(name, identity)));
}

async function end(name: string, identity: ProcessIdentity): Promise<void> {
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
