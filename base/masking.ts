import { writeJson } from './json';
import { maskTokens, SEALED_MARK } from './sealed-text';

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
 * Masks what passes, of whatever kind: pages, event streams, downloads, bytes that are no text. Held back is only what may be
 * a token, or the beginning of one, that goes on in what comes next; so no token passes in two parts.
 */
export function maskingStream(): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array[] = [];
  /** Whether what is held begins with the mark of a token; else it may be the first part of the mark. */
  let isOpen = false;
  const takeHeld = (last: Uint8Array) => {
    const taken = [...held, last];
    held = [];
    isOpen = false;
    return taken;
  };
  return new TransformStream({
    transform(chunk, controller) {
      const end = afterLastEnd(chunk);
      if (end > 0) controller.enqueue(masked(takeHeld(chunk.subarray(0, end)).map(textOf).join('')));
      const rest = chunk.subarray(end);
      if (isOpen) {
        held.push(rest);
        return;
      }
      const text = takeHeld(rest).map(textOf).join('');
      const at = text.indexOf(SEALED_MARK);
      isOpen = at >= 0;
      const free = isOpen ? at : text.length - lengthOfBeginning(text);
      if (free > 0) controller.enqueue(bytesOf(text.slice(0, free)));
      if (free < text.length) held.push(bytesOf(text.slice(free)));
    },
    flush(controller) {
      if (held.length > 0) controller.enqueue(masked(held.map(textOf).join('')));
    },
  });
}

/** Bytes that are handed to a function one by one. */
const AT_ONCE = 8192;

/** Whether a byte may stand in a token before its end. */
const IN_TOKENS = Array.from({ length: 256 }, (_, byte) => /[A-Za-z0-9_:-]/.test(String.fromCharCode(byte)));

function afterLastEnd(chunk: Uint8Array): number {
  let end = chunk.length;
  while (end > 0 && IN_TOKENS[chunk[end - 1]!]) end -= 1;
  return end;
}

/** How many characters at the end of a text may be the first ones of a mark. */
function lengthOfBeginning(text: string): number {
  let length = Math.min(text.length, SEALED_MARK.length - 1);
  while (!SEALED_MARK.startsWith(text.slice(text.length - length))) length -= 1;
  return length;
}

function masked(text: string): Uint8Array {
  return bytesOf(maskTokens(text));
}

/** A character for each byte, so that what is no text stays as it is. */
function textOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE)));
  }
  return parts.join('');
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
