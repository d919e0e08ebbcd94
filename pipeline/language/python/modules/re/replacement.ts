import { CONTROL_ESCAPES } from '../../characters';
import { valueError } from '../../errors';
import type { Run } from '../../functions';
import { parseInteger } from '../../number-text';
import { toIndex } from '../../numbers';
import type { Pattern } from '../../regex/pattern';
import { languageOf } from '../../rules';

/** What stands in place of a match: texts, and groups by their numbers. */
type Replacement = readonly (string | number)[];

/** What a replacement is made of when it is put in place of a match. */
interface Groups {
  readonly pattern: Pattern;
  group(index: number): string | null;
}

/** `\g<name>`, `\12`, an octal `\012` or `\101`, any other escape; by the first rules octals begin with a zero. */
const ESCAPE = /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-7][0-7]{2})|([1-9]\d?)|([\s\S]?))/gu;
const OLD_ESCAPE = /\\(?:g<([\p{L}\p{N}_]+)>|(0[0-7]{0,2})|([1-9]\d?)|([\s\S]))/gu;
const MAX_OCTAL = 0o377;
const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;

/** Units of work a character of a template. */
export const EXPANDED = 8;

/**
 * Reads a replacement as Python's `re` does: `\1`, `\g<name>`, and the usual escapes.
 *
 * @throws ExpressionError `value` for an escape that is none, and for a group that the pattern does not have
 */
export function parseReplacement(template: string, pattern: Pattern, run: Pick<Run, 'ambient' | 'meter'>): Replacement {
  const isOld = languageOf(run.ambient) === 1;
  const parts: (string | number)[] = [];
  let at = 0;
  for (const match of template.matchAll(isOld ? OLD_ESCAPE : ESCAPE)) {
    const [whole, name, octal, digits, other] = match;
    parts.push(template.slice(at, match.index));
    at = match.index + whole.length;
    if (octal !== undefined) parts.push(octalCharacter(octal));
    else if (other !== undefined) parts.push(escapedCharacter(other));
    else if (digits !== undefined) parts.push(groupIndex(Number(digits), pattern));
    else parts.push(namedGroup(name!, pattern, run));
  }
  parts.push(template.slice(at));
  return parts;
}

function octalCharacter(octal: string): string {
  const code = Number.parseInt(octal, 8);
  if (code > MAX_OCTAL) throw valueError(`octal escape value \\${octal} outside of range 0-0o377`);
  return String.fromCharCode(code);
}

function escapedCharacter(escaped: string): string {
  const control = CONTROL_ESCAPES[escaped];
  if (control !== undefined) return control;
  if (escaped === '' || /[a-zA-Z]/.test(escaped)) throw valueError(`bad escape \\${escaped}`);
  return `\\${escaped}`;
}

function namedGroup(name: string, pattern: Pattern, { ambient, meter }: Pick<Run, 'ambient' | 'meter'>): number {
  if (/^\d+$/.test(name)) return groupIndex(Number(name), pattern);
  if (languageOf(ambient) > 1 && !IDENTIFIER.test(name)) return groupIndex(toIndex(parseInteger(name, meter)), pattern);
  const index = pattern.names.get(name);
  if (index === undefined) throw valueError(`unknown group name '${name}'`);
  return index;
}

function groupIndex(index: number, { groupCount }: Pattern): number {
  if (index < 0 || index > groupCount) throw valueError(`invalid group reference ${index}`);
  return index;
}

/** A replacement template with the groups of a match. */
export function expand(template: string, match: Groups, run: Run): string {
  run.meter.produce(template.length);
  run.meter.charge(template.length * EXPANDED);
  return fill(parseReplacement(template, match.pattern, run), match, run);
}

function fill(replacement: Replacement, match: Groups, { meter }: Run): string {
  let out = '';
  for (const part of replacement) {
    if (typeof part === 'string') out += part;
    else {
      const text = match.group(part) ?? '';
      meter.produce(text.length);
      out += text;
    }
  }
  return out;
}
