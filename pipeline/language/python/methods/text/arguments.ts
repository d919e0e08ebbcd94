import { typeError } from '../../errors';
import type { Meter } from '../../limits';
import { requireInt } from '../../numbers';
import { characters } from '../../sequences';
import { type PyValue, typeName } from '../../values';

/** An argument that has to be text. @throws ExpressionError `type` */
export function requireText(value: PyValue | undefined, what: string): string {
  if (typeof value !== 'string')
    throw typeError(`${what} must be str, not ${value === undefined ? '' : typeName(value)}`);
  return value;
}

/** An argument that may be missing or None. @throws ExpressionError `type` for what is no whole number */
export function optionalInt(value: PyValue | undefined, missing: number): number {
  return value === undefined || value === null ? missing : requireInt(value, 'argument');
}

/** Units of work for a part of a text, and for a character that is changed. */
export const PART = 6;
export const CHANGED = 12;

/** Position range given as `start`, `end` in characters, in UTF-16 units. */
export function window(
  self: string,
  start: PyValue | undefined,
  end: PyValue | undefined,
  meter: Meter,
): [number, number] {
  if (start === undefined && end === undefined) return [0, self.length];
  const items = characters(self, meter);
  // The text before either end is put together again to be measured.
  meter.split(self);
  const clamp = (value: number): number =>
    Math.min(Math.max(value < 0 ? value + items.length : value, 0), items.length);
  const from = optionalInt(start, 0);
  if (from > items.length) return [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const units = (count: number): number => items.slice(0, count).join('').length;
  return [units(clamp(from)), units(clamp(optionalInt(end, items.length)))];
}
