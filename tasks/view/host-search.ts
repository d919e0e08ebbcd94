import type { Db } from '../../db/connection';
import { findKeptAfter, readLog } from '../../db/host-logs';
import { listWritten, type WrittenRun } from '../../db/host-runs';
import { requireTaskOf } from '../require-task';
import { wholeCharacters } from './characters';
import { requireStep } from './host-steps';

const MAX_HITS = 200;
const MAX_MS = 2_000;
const RUNS_AT_ONCE = 100;
/** What is read and searched at once; of a line that is longer, one hit in so much is found. */
const WINDOW_BYTES = 256 * 1024;
/** A text is at most so long, in bytes. */
export const MAX_TEXT = 200;
const MAX_TEXT_BYTES = MAX_TEXT * 4;
/** Shown on each side of where a hit begins. */
const SIDE_CHARACTERS = 200;

/** Where a search goes on: in the log of a run, at a byte. */
export interface SearchCursor {
  stepId: number;
  place: number;
  at: number;
}

/** A line in which the text stands. */
export interface Hit {
  run: WrittenRun;
  /** The byte at which the line begins; of a very long one, a byte before the hit. */
  at: number;
  /** At most 400 characters of it around the hit. */
  line: string;
}

export interface SearchResult {
  hits: Hit[];
  /** Where there is more to search; null: all is searched. */
  next: SearchCursor | null;
}

/** In what is searched: the hosts of one step, or of all steps of a task. */
export type SearchPlace = { projectId: number; stepId: number } | { projectId: number; taskId: number };

/**
 * Searches what hosts have written for a text, line by line, in the order of steps and hosts: until 200 lines are found, or
 * two seconds are over. Each log is searched where it was written: not again for hosts that were skipped because of it.
 *
 * @throws GantryError `not_found` for a step or a task that is not of the project
 */
export async function searchHostLogs(
  db: Db,
  place: SearchPlace,
  { text, ignoreCase, after }: { text: string; ignoreCase: boolean; after: SearchCursor | undefined },
  now: () => number = Date.now,
): Promise<SearchResult> {
  if ('stepId' in place) await requireStep(db, place.projectId, place.stepId);
  else await requireTaskOf(db, place.projectId, place.taskId);
  const pattern = new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), ignoreCase ? 'iu' : 'u');
  const until = now() + MAX_MS;
  const hits: Hit[] = [];
  let cursor = after ?? { stepId: 0, place: 0, at: 0 };
  let passed = 0;
  for (;;) {
    const runs = await listWritten(db, place, cursor, RUNS_AT_ONCE);
    for (const run of runs) {
      const isSame = run.step_id === cursor.stepId && run.place === cursor.place;
      cursor = { stepId: run.step_id, place: run.place, at: isSame ? cursor.at : 0 };
      for (;;) {
        const piece = await readPiece(db, run, cursor.at);
        if (!piece) break;
        for (const { at, line } of matches(piece, pattern)) {
          if (hits.length === MAX_HITS) return { hits, next: { ...cursor, at } };
          hits.push({ run, at, line });
        }
        cursor = { ...cursor, at: piece.next };
        // After a piece, so that there is always something done.
        if (now() >= until) return { hits, next: cursor };
      }
      // Also where nothing is kept any more; the first one has been passed then.
      passed += 1;
      if (passed > 1 && now() >= until) return { hits, next: { stepId: run.step_id, place: run.place + 1, at: 0 } };
    }
    if (runs.length < RUNS_AT_ONCE) return { hits, next: null };
    cursor = { stepId: cursor.stepId, place: cursor.place + 1, at: 0 };
  }
}

/** Whole lines of a log, or a part of a line that is longer. */
interface Piece {
  at: number;
  bytes: Buffer;
  /** Hits that begin from this byte on are found in the next one. */
  end: number;
  next: number;
}

async function readPiece(db: Db, run: WrittenRun, from: number): Promise<Piece | undefined> {
  const size = Number(run.log_bytes);
  if (from >= size) return undefined;
  const bytes = await readLog(db, run.id, { from, maxBytes: Math.min(WINDOW_BYTES, size - from) });
  if (bytes.length === 0) {
    const kept = await findKeptAfter(db, run.id, from);
    return kept === undefined ? undefined : readPiece(db, run, kept);
  }
  if (from + bytes.length >= size) return { at: from, bytes, end: bytes.length, next: size };
  const lines = bytes.lastIndexOf(0x0a) + 1;
  if (lines > 0) return { at: from, bytes: bytes.subarray(0, lines), end: lines, next: from + lines };
  const end = wholeCharacters(bytes.subarray(0, bytes.length - MAX_TEXT_BYTES)).length;
  return { at: from, bytes, end, next: from + end };
}

function* matches({ at, bytes, end }: Piece, pattern: RegExp): Generator<{ at: number; line: string }> {
  if (!pattern.test(bytes.toString('utf8'))) return;
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline < 0 ? bytes.length : newline;
    const line = bytes.toString('utf8', from, to);
    const found = pattern.exec(line)?.index;
    if (found !== undefined && (end === bytes.length || Buffer.byteLength(line.slice(0, found)) < end)) {
      yield { at: at + from, line: line.slice(Math.max(0, found - SIDE_CHARACTERS), found + SIDE_CHARACTERS) };
    }
    from = to + 1;
  }
}
