import { setImmediate as turn } from 'node:timers/promises';
import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import type { Source } from '../../db/search/column';
import { rowsAfter } from '../../db/search/query';
import type { Restriction } from '../../db/search/restriction';
import { holds } from './matches';

const BATCH = 2_000;
/** Others' requests wait no longer than this for a turn, or as long as one row takes. */
const SLICE_MS = 5;
/** All slices together. */
const MAX_WORK_MS = 1_000;

/**
 * Ids of the rows that are meant, where patterns have to be matched here: rows that may be meant are read in batches and
 * looked at in slices, between which the event loop goes on.
 *
 * @param now milliseconds that only go forward
 * @param part the ids after one, and how many of them at most; absent: all
 * @throws GantryError `too_large` after a second of matching
 */
export async function scanIds(
  db: DbOrTransaction,
  source: Source,
  restriction: Restriction,
  now: () => number,
  { after: first = -1, most = Number.POSITIVE_INFINITY }: { after?: number; most?: number } = {},
): Promise<number[]> {
  const open = undecided(restriction);
  const columns = [...columnsIn(open)];
  const ids: number[] = [];
  const work = new Work(now);
  for (let after = first; ; ) {
    const rows = await rowsAfter(db, source, restriction, { after, limit: BATCH, columns });
    work.begin();
    for (const row of rows) {
      if (holds(open, row) && ids.push(Number(row.id)) >= most) return ids;
      if (work.isTurnOver()) {
        await turn();
        work.begin();
      }
    }
    work.end();
    if (rows.length < BATCH) return ids;
    after = Number(rows.at(-1)!.id);
  }
}

/** How long has been worked, waiting not counted. */
class Work {
  #workedMs = 0;
  #begunAt = 0;

  constructor(private readonly now: () => number) {}

  begin(): void {
    this.#begunAt = this.now();
  }

  /** Whether others should have their turn; the slice has ended then. */
  isTurnOver(): boolean {
    if (this.now() - this.#begunAt < SLICE_MS) return false;
    this.end();
    return true;
  }

  end(): void {
    this.#workedMs += this.now() - this.#begunAt;
    if (this.#workedMs <= MAX_WORK_MS) return;
    throw new GantryError(
      'too_large',
      `the patterns took more than ${MAX_WORK_MS} ms over the rows that the other conditions leave: ask for less by conditions without a pattern, or use simpler patterns`,
    );
  }
}

/** What of a restriction the database has not seen to. */
function undecided(restriction: Restriction): Restriction {
  return typeof restriction === 'object' && 'every' in restriction
    ? { every: restriction.every.filter(hasPattern) }
    : restriction;
}

/** Whether there is something in it that only the program can tell. */
export function hasPattern(restriction: Restriction): boolean {
  if (typeof restriction === 'boolean') return false;
  if ('test' in restriction) return restriction.test.claim.is === 'pattern';
  return ('every' in restriction ? restriction.every : restriction.some).some(hasPattern);
}

function columnsIn(restriction: Restriction): Set<string> {
  if (typeof restriction === 'boolean') return new Set();
  if ('test' in restriction) return new Set([restriction.test.column]);
  const parts = 'every' in restriction ? restriction.every : restriction.some;
  return new Set(parts.flatMap((part) => [...columnsIn(part)]));
}
