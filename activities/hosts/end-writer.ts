import { Batcher } from '../../base/batcher';
import type { Db } from '../../db/connection';
import { isDatabasesFault } from '../../db/errors';
import { type EndedRun, endRuns, type RunEnding } from '../../db/host-run-ends';
import type { RunTry } from '../../db/host-runs';
import { againWhenLost } from '../../db/transaction';

const GATHER_MS = 25;

/** Writes how runs have ended: those of a process that end at about the same time go together. */
export class EndWriter {
  readonly #batcher: Batcher<EndedRun, void>;

  constructor(db: Db) {
    this.#batcher = new Batcher({
      async write(runs) {
        const inOneOrder = [...runs].sort((a, b) => Number(a.id) - Number(b.id));
        await againWhenLost(() => endRuns(db, inOneOrder));
        return [];
      },
      gatherMs: GATHER_MS,
      concernsAll: isDatabasesFault,
    });
  }

  /** Ends a run, unless that was done before, as `endRuns`. */
  end({ id, host_try }: RunTry, ending: RunEnding): Promise<void> {
    return this.#batcher.add({ ...ending, id, host_try });
  }
}
