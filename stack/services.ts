import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tailOf } from './files';
import type { Managed, ProcessTable, StopStep } from './processes';

/** `gantry` itself. */
export const MAIN = path.join(__dirname, '..', 'cli', 'main.js');

const READY_WITHIN_MS = 60_000;

/** Both promise to end within 5 s of SIGTERM. */
export const SERVICE_STOP: readonly StopStep[] = [{ signal: 'SIGTERM', waitMs: 5_000 }];

export type ServiceName = 'worker' | 'api';

/** How a service is run, where it is not the only one of its kind. */
interface ServiceOptions {
  /** Its name in stack.json and of its log. */
  as?: string;
  /** Arguments of Node. */
  command?: readonly string[];
}

/** glibc's allocator keeps a heap for each of a process' many threads: with two of them a worker needs a seventh less memory. */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };

/**
 * Starts `gantry worker` or `gantry api` and waits for its message `{ ready: true }`.
 *
 * @throws Error with the end of its log when it ends before, or says nothing for 60 s
 */
export async function startService(
  service: ServiceName,
  table: ProcessTable,
  env: NodeJS.ProcessEnv,
  { as: name = service, command = [MAIN, service] }: ServiceOptions = {},
): Promise<Managed> {
  const managed = await table.start(name, process.execPath, command, {
    env: { ...FEW_ARENAS, ...env },
    channel: 'ipc',
  });
  const ready = new Promise<'ready'>((resolve) => {
    managed.child.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'ready' in message) resolve('ready');
    });
  });
  const timer = new AbortController();
  const late = sleep(READY_WITHIN_MS, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  const outcome = await Promise.race([ready, managed.exited, late]);
  timer.abort();
  if (outcome === 'ready') return managed;
  if (outcome === 'late') await table.stop(name, SERVICE_STOP);
  const how = outcome === 'late' ? `was not ready after ${READY_WITHIN_MS / 1000} s` : 'ended while starting';
  throw new Error(`the ${name} ${how}; its log (${managed.logFile}) ends: ${tailOf(managed.logFile)}`);
}
