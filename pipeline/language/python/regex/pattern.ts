import { limitError } from '../errors';
import type { Run } from '../functions';
import { encodeText } from '../methods/bytes';

const MAX_PATTERN_LENGTH = 1000;
const MAX_TEXT_LENGTH = 200_000;

/** Where a match may begin and end: anywhere, at the start of the text, at both ends of it. */
export type Anchor = 'anywhere' | 'start' | 'both';

/** Ends of the whole match and its groups, in UTF-16 units; -1: the group did not take part. */
export interface Found {
  starts: number[];
  ends: number[];
  /** The group that was closed last; undefined when there is none. */
  lastGroup: number | undefined;
}

/** A compiled pattern, which no text makes take more than linear time. */
export interface Pattern {
  source: string;
  flags: number;
  groupCount: number;
  names: ReadonlyMap<string, number>;
  /**
   * Matches one after another.
   *
   * @param limit 0: all
   * @param from the UTF-16 unit that the first may begin at, for patterns by Python's rules; absent: the first one
   */
  find(text: string, anchor: Anchor, limit: number, run: Pick<Run, 'meter'>, from?: number): Found[];
}

/** @throws ExpressionError `limit` */
export function requirePatternLength(source: string): void {
  if (source.length <= MAX_PATTERN_LENGTH) return;
  throw limitError(`a pattern of ${source.length} characters, over the limit of ${MAX_PATTERN_LENGTH}`);
}

/** That a text may be searched: not too long, and well formed, as Python's are. */
export function requireSearchable(text: string, { meter }: Pick<Run, 'meter'>): void {
  if (text.length > MAX_TEXT_LENGTH)
    throw limitError(`a regular expression over ${text.length} characters: ${MAX_TEXT_LENGTH} is the limit`);
  if (/[\ud800-\udfff]/.test(text)) encodeText(text, meter);
}
