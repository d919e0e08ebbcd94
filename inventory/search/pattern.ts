import { RE2JS, RE2JSException } from 're2js';
import { type GantryError, wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';

/** A character of a text takes as many steps as the patterns that look at it have instructions, at the worst. */
export const MAX_INSTRUCTIONS = 1_000;

const FLAGS: Partial<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/**
 * Compiles a pattern of RE2, which takes time in proportion to pattern and text, whatever they are.
 *
 * @param name of the field, for errors
 * @param options letters of i (upper and lower case are one), m (^ and $ are of lines), s (a dot is also a line break)
 * @returns whether the pattern is found anywhere in a text
 * @throws GantryError `invalid` with the reason `malformed` or `too_long`
 */
export function compilePattern(name: string, source: string, options = ''): (text: string) => boolean {
  const flags = [...options].map((letter) => FLAGS[letter] ?? notAnOption(name, letter));
  if (roughSize(source) > MAX_INSTRUCTIONS) throw tooLarge(name);
  const pattern = compiled(name, source, flags);
  if (pattern.programSize() > MAX_INSTRUCTIONS) throw tooLarge(name);
  return (text) => pattern.test(text);
}

function compiled(name: string, source: string, flags: readonly number[]): RE2JS {
  try {
    return RE2JS.compile(
      source,
      flags.reduce((all, flag) => all | flag, 0),
    );
  } catch (cause) {
    const why = cause instanceof RE2JSException ? cause.message.replace(/^error parsing regexp: /, '') : 'unknown';
    throw malformed(
      name,
      `the pattern of ${name} cannot be read: ${why}. Patterns are those of RE2, which has no look-around and no back-references`,
      cause,
    );
  }
}

/** One character or class, a parenthesis, a count; quoted text counts as one, and can have no count of its own. */
const PARTS =
  /\\Q[\s\S]*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|\{(\d+)(,\d*)?\}|[\s\S]/g;

/**
 * About how many instructions a pattern has: each part comes as often as counts around it say. It is told before the
 * pattern is compiled, which takes that much time.
 */
export function roughSize(source: string): number {
  const open: number[] = [];
  let size = 0;
  let last = 0;
  for (const [part, least, most] of source.matchAll(PARTS)) {
    if (part === '(') {
      open.push(size);
      size = 0;
    } else if (part === ')') {
      last = size + 1;
      size = last + (open.pop() ?? 0);
    } else if (least !== undefined) {
      const repeated = last * Math.max(1, Number(least), Number(most?.slice(1) ?? 0));
      size += repeated - last;
      last = repeated;
    } else {
      last = part.startsWith('\\Q') ? part.length : 1;
      size += last;
    }
  }
  return open.reduce((sum, outer) => sum + outer, size);
}

function notAnOption(name: string, letter: string): never {
  throw malformed(name, `the pattern of ${name} has the option ${stringifyJson(letter)}, only i, m and s may be`);
}

function malformed(field: string, message: string, cause?: unknown): GantryError {
  return wrongField(message, { code: 'malformed', args: { field } }, { cause });
}

/** The error for a pattern that is too much, alone or with those before it. */
export function tooLarge(field: string): GantryError {
  const message = `the pattern of ${field}, with those before it, comes to more than ${MAX_INSTRUCTIONS} steps for a character: use smaller counts`;
  return wrongField(message, { code: 'too_long', args: { field, max: MAX_INSTRUCTIONS } });
}
