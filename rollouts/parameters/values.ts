import { stringifyJson } from '../../base/json';
import { isText } from '../../base/text';
import { INTEGER } from '../../hosts/parameters/block';
import { MAX_STEP_VALUE_BYTES } from '../limits';
import type { ParameterType } from './types';

/** A value of a parameter; what is too large to be a number is a bigint. */
export type Value = string | number | bigint;
/** Values of a step by the names of its parameters. */
export type Values = Readonly<Record<string, Value>>;

/** What a parameter takes. */
export interface ValueRule {
  type: ParameterType;
  /** Of an integer. */
  range?: { min: number; max: number };
}

/**
 * A value as a parameter takes it: of an integer the number, whether it was sent as one or as its digits; of a text the
 * text, for a number its digits.
 *
 * @returns it; or what is wrong with it, as the end of a sentence, without the value
 */
export function readValue(given: unknown, { type, range }: ValueRule): { value: Value } | { problem: string } {
  const text = textOf(given);
  if (text === undefined) return { problem: `is no ${type}` };
  if (!isText(text)) return { problem: 'has a character that no program can be given' };
  if (Buffer.byteLength(text) > MAX_STEP_VALUE_BYTES) {
    return { problem: `is longer than ${MAX_STEP_VALUE_BYTES} bytes` };
  }
  if (type === 'string') return { value: text };
  const digits = text.trim();
  if (!INTEGER.test(digits)) return { problem: 'is no integer of at most 18 digits' };
  const value = wholeOf(digits);
  if (range && (value < range.min || value > range.max)) {
    return { problem: `is not from ${range.min} to ${range.max}` };
  }
  return { value };
}

/** What values take in rows and on hosts, about. */
export function bytesOf(values: Readonly<Record<string, unknown>>): number {
  return Buffer.byteLength(stringifyJson(values));
}

function textOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (typeof given === 'boolean' || typeof given === 'bigint') return String(given);
  if (typeof given === 'number' && Number.isFinite(given)) return stringifyJson(given);
  return undefined;
}

function wholeOf(digits: string): number | bigint {
  const value = Number(digits);
  // `-0` has no digits of its own.
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits);
}
