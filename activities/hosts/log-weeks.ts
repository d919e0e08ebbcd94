import type { Log } from '../../base/log';
import { Rounds } from '../../base/rounds';
import type { Db } from '../../db/connection';
import { keepLogWeeks } from '../../db/host-log-weeks';

const EVERY_MS = 10 * 60_000;

/** Makes the weeks of the hosts' logs that come, and drops those that are too old. Each worker does this. */
export class LogWeeks extends Rounds {
  #nextAt = 0;

  /** @param days how long logs are kept */
  constructor(
    private readonly db: Db,
    private readonly days: number,
    log: Log,
  ) {
    super(log, "keeping the weeks of hosts' logs");
  }

  protected async round(): Promise<void> {
    if (Date.now() < this.#nextAt) return;
    const { made, dropped, deleted, isDone } = await keepLogWeeks(this.db, { days: this.days });
    if (isDone) this.#nextAt = Date.now() + EVERY_MS;
    if (made.length + dropped.length + deleted > 0)
      this.log.info({ made, dropped, deleted }, "kept the weeks of hosts' logs");
  }
}
