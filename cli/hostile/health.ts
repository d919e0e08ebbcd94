import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Probe } from './verdict';

/** The second client: what it sees of /healthz while the cases are sent. */
export class HealthClient {
  readonly #thread: Worker;
  /** All that was seen. */
  readonly probes: Probe[] = [];

  constructor(url: string) {
    this.#thread = new Worker(join(__dirname, 'health-thread.js'), { workerData: { url } });
  }

  /** What was seen since the last call; requests without an answer count with the time that they have waited. */
  async take(): Promise<Probe[]> {
    this.#thread.postMessage('take');
    const [seen] = (await once(this.#thread, 'message')) as [Probe[]];
    for (const probe of seen) this.probes.push(probe);
    return seen;
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
