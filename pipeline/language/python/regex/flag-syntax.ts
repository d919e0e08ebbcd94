import { FLAGS } from './flags';
import type { Reader } from './reader';

/** Flags that a pattern may turn on by itself. */
export const FLAG_LETTERS: ReadonlyMap<string, number> = new Map([
  ['a', FLAGS.ASCII],
  ['i', FLAGS.IGNORECASE],
  ['m', FLAGS.MULTILINE],
  ['s', FLAGS.DOTALL],
  ['u', FLAGS.UNICODE],
  ['x', FLAGS.VERBOSE],
]);

/** Of these a pattern has one. */
export const TYPES = FLAGS.ASCII | FLAGS.UNICODE;

/**
 * Reads letters of flags up to a sign that ends them, which is taken too.
 *
 * @param first the first of them, which the reader has taken
 */
export function readFlags(reader: Reader, first: string | undefined, ends: string): [flags: number, end: string] {
  let flags = 0;
  for (let letter = first; ; letter = reader.take()) {
    if (letter !== undefined && flags !== 0 && ends.includes(letter)) return [flags, letter];
    const flag = FLAG_LETTERS.get(letter ?? '');
    if (flag === undefined) throw reader.error('unknown flag');
    flags |= flag;
  }
}
