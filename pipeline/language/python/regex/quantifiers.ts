import type { Reader } from './reader';

/** In Python a number of repetitions has 32 bits. */
const MAX_REPEAT = 0xffff_ffff;

/**
 * How often what stands before a quantifier comes, whose first character the reader has taken; undefined when a brace is
 * only a brace.
 */
export function readCounts(reader: Reader, sign: string, at: number): { least: number; most: number } | undefined {
  if (sign !== '{') return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
  if (reader.next === '}') return undefined;
  const from = reader.at;
  const low = reader.while(/\d/);
  const high = reader.skip(',') ? reader.while(/\d/) : low;
  if (!reader.skip('}')) {
    reader.back(from);
    return undefined;
  }
  const least = low === '' ? 0 : Number(low);
  const most = high === '' ? Number.POSITIVE_INFINITY : Number(high);
  if (least >= MAX_REPEAT || (high !== '' && most >= MAX_REPEAT)) {
    throw reader.error('the repetition number is too large', at);
  }
  if (most < least) throw reader.error('min repeat greater than max repeat', at);
  return { least, most };
}
