import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, say } from './output';
import type { Managed, ProcessTable } from './processes';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** A process that lived this long starts over with the shortest wait when it dies. */
const STEADY_AFTER_MS = 60_000;

/**
 * Starts a process again whenever it ends by itself, waiting 1 s, 2 s, 4 s ... 15 s between tries. Returns at once; ends
 * with the table's close.
 *
 * @param running the process as first started
 * @param start starts it again and waits until it is ready
 */
export function keepRunning(table: ProcessTable, running: Managed, start: () => Promise<Managed>): void {
  void watch(table, running, start);
}

async function watch(table: ProcessTable, first: Managed, start: () => Promise<Managed>): Promise<void> {
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
    if (table.closed) return;
    say(`${first.name} ${reason}; starting it again in ${waitMs / 1000} s (log: ${first.logFile})`);
    await sleep(waitMs);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    if (table.closed) return;
    try {
      running = await start();
      readyAtMs = Date.now();
      say(`${first.name} runs again (pid ${running.pid})`);
    } catch (error) {
      if (table.closed) return;
      say(`${first.name}: ${messageOf(error)}`);
    }
  }
}
