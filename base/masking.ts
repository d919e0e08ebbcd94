import { writeJson } from './json';
import { maskTokens } from './sealed-text';

/** A value as JSON text that may leave the house. */
export function maskedJson(value: unknown): string {
  return maskTokens(writeJson(value));
}

/** Fields of a form that may leave the house. They are masked before they are encoded, which would hide tokens. */
export function maskedForm(fields: Record<string, string>): string {
  return new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [maskTokens(name), maskTokens(value)]),
  ).toString();
}

/** A line of a log. */
export function maskedLine(line: string): string {
  return maskTokens(line);
}

/**
 * Masks what passes, of whatever kind: pages, event streams, downloads. Tokens are ASCII and have neither blanks nor quotes
 * in them, so a text is held back after its last one until the next comes, and no token passes in two parts.
 */
export function maskingStream(): TransformStream<Uint8Array, Uint8Array> {
  const held: Uint8Array[] = [];
  const take = (last?: Uint8Array) => masked(last ? [...held.splice(0), last] : held.splice(0));
  return new TransformStream({
    transform(chunk, controller) {
      const end = afterLastBreak(chunk);
      if (end > 0) controller.enqueue(take(chunk.subarray(0, end)));
      if (end < chunk.length) held.push(chunk.subarray(end));
    },
    flush(controller) {
      if (held.length > 0) controller.enqueue(take());
    },
  });
}

/** Bytes that are handed to a function one by one. */
const AT_ONCE = 8192;

const BREAKS = new Set([...' \n\r\t"'].map((character) => character.charCodeAt(0)));

function afterLastBreak(chunk: Uint8Array): number {
  let end = chunk.length;
  while (end > 0 && !BREAKS.has(chunk[end - 1]!)) end -= 1;
  return end;
}

/** Byte by byte, so that what is no text stays as it is. */
function masked(chunks: readonly Uint8Array[]): Uint8Array {
  const text = chunks.map(textOf).join('');
  const shown = maskTokens(text);
  const bytes = new Uint8Array(shown.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = shown.charCodeAt(at);
  return bytes;
}

/** A character for each byte. */
function textOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE)));
  }
  return parts.join('');
}
