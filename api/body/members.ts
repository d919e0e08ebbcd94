import { parseJson } from '../../base/json';
import { afterString } from '../../base/json/scan';

/** Stands for a value that is no scalar: it was passed over, not built. */
export const NESTED: Readonly<Record<string, never>> = Object.freeze({});

/** What a member of a JSON object holds, as far as it is looked at. */
export type Member = string | number | bigint | boolean | null | typeof NESTED;

export interface Members {
  members: Record<string, Member>;
  /** Why there may be more that was not found. */
  problem?: string;
}

export const NOT_JSON = 'the body is not JSON';
export const NOT_AN_OBJECT = 'the body is not a JSON object';

/**
 * Reads some members of the JSON object that a text holds, or begins with, without building what is not asked for: values
 * within values are passed over by counting brackets. Ends with the last of the names; of one that comes twice the first
 * counts. What is passed over is not checked.
 *
 * @example topMembers('{"tree": {"a": [1]}, "name": "x"}', ['name']) // { members: { name: 'x' } }
 */
export function topMembers(text: string, names: readonly string[]): Members {
  const wanted = new Set(names);
  const members: Record<string, Member> = {};
  let at = afterBlanks(text, 0);
  if (text[at] !== '{') return { members, problem: at < text.length ? NOT_AN_OBJECT : NOT_JSON };
  at = afterBlanks(text, at + 1);
  if (text[at] === '}') return { members };
  for (;;) {
    const nameEnd = text[at] === '"' ? afterString(text, at) : -1;
    const colon = nameEnd < 0 ? -1 : afterBlanks(text, nameEnd);
    if (text[colon] !== ':') return { members, problem: NOT_JSON };
    const start = afterBlanks(text, colon + 1);
    const end = afterValue(text, start);
    if (end < 0) return { members, problem: NOT_JSON };
    const plain = text.slice(at + 1, nameEnd - 1);
    const name = plain.includes('\\') ? readScalar(text.slice(at, nameEnd)) : plain;
    if (typeof name === 'string' && wanted.delete(name)) {
      const value = isNested(text[start]) ? NESTED : readScalar(text.slice(start, end));
      if (value === undefined) return { members, problem: NOT_JSON };
      members[name] = value;
      if (wanted.size === 0) return { members };
    }
    at = afterBlanks(text, end);
    if (text[at] === '}') return { members };
    if (text[at] !== ',') return { members, problem: NOT_JSON };
    at = afterBlanks(text, at + 1);
  }
}

/** Whether brackets stand in each other more than so many levels deep; strings in the text hold none. */
export function isTextDeeperThan(text: string, levels: number): boolean {
  if (text.length <= levels) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at) - 1;
      if (at < 0) return false;
    } else if (code === BRACKET || code === BRACE) {
      depth += 1;
      if (depth > levels) return true;
    } else if (code === BRACKET_END || code === BRACE_END) {
      depth -= 1;
    }
  }
  return false;
}

const QUOTE = 0x22;
const [BRACKET, BRACKET_END, BRACE, BRACE_END] = [0x5b, 0x5d, 0x7b, 0x7d];

function isNested(first: string | undefined): boolean {
  return first === '{' || first === '[';
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}

/** Where a value ends; -1 when the text ends before it, or when there is none. */
function afterValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return afterString(text, start);
  if (isNested(first)) return afterNested(text, start);
  let at = start;
  while (at < text.length && !',}] \n\r\t"{['.includes(text[at]!)) at += 1;
  // A scalar that the text ends with may go on.
  return at === start || at === text.length ? -1 : at;
}

function afterNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = afterString(text, at) - 1;
      if (at < 0) return -1;
    } else if (code === BRACKET || code === BRACE) {
      depth += 1;
    } else if (code === BRACKET_END || code === BRACE_END) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** One literal; undefined when it is none. */
function readScalar(literal: string): Exclude<Member, typeof NESTED> | undefined {
  try {
    return parseJson(literal) as Exclude<Member, typeof NESTED>;
  } catch {
    return undefined;
  }
}
