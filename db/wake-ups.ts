import { type RawBuilder, sql } from 'kysely';
import { SteadyClient } from './connection';

const CHANNEL = 'gantry_task_changed';
/** To a server that cannot be reached a connection is tried no more often. */
const CONNECT_EVERY_MS = 1_000;

/** Calls, as part of a statement, those who wait for news of a task; an expression with the id of the task. */
export function callOf(taskId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`pg_notify(${CHANNEL}, (${taskId})::text)`;
}

/**
 * Wakes those who wait for news of a task. It is no more than a hint, which may be lost with the connection, and which not
 * every change gives, because the server lets only one transaction at a time commit with one: whoever waits looks again
 * after a while.
 */
export class WakeUps {
  readonly #waiting = new Map<number, Set<() => void>>();
  #client: SteadyClient | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(private readonly databaseUrl: string) {}

  /** Waits for news of a task, and no longer than so many ms, nor when the signal is aborted. */
  async wait(taskId: number, ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#connect();
    const waiting = this.#waiting.get(taskId) ?? new Set();
    this.#waiting.set(taskId, waiting);
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(taskId) === waiting) this.#waiting.delete(taskId);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
      waiting.add(wake);
    });
  }

  /** Ends the connection; who waits goes on waiting until their time is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client?.end().catch(() => {});
  }

  #connect(): void {
    const now = performance.now();
    if (this.#client || this.#isClosed || now < this.#triedAt + CONNECT_EVERY_MS) return;
    this.#triedAt = now;
    const client = new SteadyClient({ connectionString: this.databaseUrl, keepAlive: true });
    this.#client = client;
    const forget = () => {
      if (this.#client === client) this.#client = undefined;
    };
    client.on('end', forget);
    client.on('notification', ({ payload }) => {
      for (const wake of [...(this.#waiting.get(Number(payload)) ?? [])]) wake();
    });
    client
      .connect()
      .then(() => client.query(`listen ${CHANNEL}`))
      .catch(() => {
        forget();
        void client.end().catch(() => {});
      });
  }
}
