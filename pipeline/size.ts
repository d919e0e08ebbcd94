import { stringifyJson } from '../base/json';

/**
 * Bytes of JSON that one value may have on its way through Temporal. Its limit is 2 MB for each payload; the rest is for
 * what travels with it.
 */
export const MAX_VALUE_BYTES = 2 * 1024 * 1024 - 64 * 1024;

/**
 * Length of a value as JSON.
 *
 * @returns bytes of UTF-8
 * @throws Error when it cannot be written as JSON: it refers to itself, or is nested too deep
 */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(stringifyJson(value) ?? '');
}

/** Bytes of a text as UTF-8; half a surrogate pair counts as the replacement character that stands for it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (isHigh(code) && isLow(text.charCodeAt(at + 1))) {
      bytes += 2;
      at += 1;
    } else bytes += 2;
  }
  return bytes;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
