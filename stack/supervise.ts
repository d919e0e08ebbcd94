import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, say } from './output';
import type { Managed, ProcessTable } from './processes';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** A process that lived this long starts over with the shortest wait when it dies. */
const STEADY_AFTER_MS = 60_000;

/**
 * Starts a process again whenever it ends by itself, waiting 1 s, 2 s, 4 s ... 15 s between tries. Where a backend was away
 * that it lives of, that is no reason to wait longer the next time: it is started when the backend is back. Returns at
 * once; ends with the table's close.
 *
 * @param running the process as first started
 * @param start starts it again and waits until it is ready
 * @param probe of a backend: fulfilled while it serves
 */
export function keepRunning(
  table: ProcessTable,
  running: Managed,
  start: () => Promise<Managed>,
  { probe }: { probe?: () => Promise<unknown> } = {},
): void {
  if (probe) table.backends.add(running.name, probe);
  void watch(table, running, start, probe !== undefined);
}

async function watch(
  table: ProcessTable,
  first: Managed,
  start: () => Promise<Managed>,
  isBackend: boolean,
): Promise<void> {
  const { backends } = table;
  let running: Managed | undefined = first;
  let readyAtMs = Date.now();
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    let reason = 'failed to start';
    if (running) {
      const { code, signal } = await running.exited;
      reason = `ended (${signal ?? `exit code ${code}`})`;
      if (Date.now() - readyAtMs > STEADY_AFTER_MS) waitMs = FIRST_WAIT_MS;
      running = undefined;
    }
    if (isBackend) backends.down(first.name);
    if (table.closed) return;
    const culprit = isBackend ? undefined : await backends.awayOfLate();
    const thisWaitMs = culprit ? FIRST_WAIT_MS : waitMs;
    const because = culprit ? `; ${culprit} was away` : '';
    say(`${first.name} ${reason}; starting it again in ${thisWaitMs / 1000} s${because} (log: ${first.logFile})`);
    await sleep(thisWaitMs);
    if (culprit) await backends.untilBack(LONGEST_WAIT_MS);
    else waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    if (table.closed) return;
    try {
      running = await start();
      readyAtMs = Date.now();
      if (isBackend) backends.up(first.name);
      say(`${first.name} runs again (pid ${running.pid})`);
    } catch (error) {
      if (table.closed) return;
      say(`${first.name}: ${messageOf(error)}`);
    }
  }
}
