import { entityOf } from './entities';
import { typeError } from './python/errors';
import type { Meter } from './python/limits';
import { encodeText } from './python/methods/bytes';
import { trimText } from './python/methods/text/parts';
import { Sealed } from './python/sealed';
import { textOf } from './python/value-text';
import type { PyValue } from './python/values';

const HTML: Record<string, string> = { '&': '&amp;', '>': '&gt;', '<': '&lt;', '"': '&#34;', "'": '&#39;' };

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character]!);
}

function escapeEntities(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return text.replace(/[&<>"]|[^\x00-\x7f]/gu, entityOf);
}

/** application/x-www-form-urlencoded of one value, as Python's quote_plus. */
function quotePlus(text: string, meter: Meter): string {
  let out = '';
  for (const byte of encodeText(text, meter)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(character)) out += character;
    else out += character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

const FILTERS: ReadonlyMap<string, (text: string, meter: Meter) => string> = new Map<
  string,
  (text: string, meter: Meter) => string
>([
  ['h', escapeMarkup],
  ['x', escapeMarkup],
  ['u', quotePlus],
  ['trim', trimText],
  ['entity', escapeEntities],
  ['unicode', (text: string) => text],
  ['str', (text: string) => text],
]);

const UNCHANGING = new Set(['n', 'str', 'unicode']);

/** Any other name makes a fragment inert (bk-sops §4.1). */
export function isKnownFilter(name: string): boolean {
  return name === 'n' || FILTERS.has(name) || /^decode\.\w+$/.test(name);
}

/** Units of work a character: every filter asks what each one is, and may write it as up to twelve. */
const FILTERED = 30;

/** Text of a value after its filters. `n` turns the implied `str` off, so that only text may come out. */
export function applyFilters(value: PyValue, names: readonly string[], meter: Meter): string {
  if (value instanceof Sealed && names.every((name) => UNCHANGING.has(name))) return value.whole;
  const plain = names.includes('n') && !names.some((name) => name === 'str' || name === 'unicode');
  if (plain && typeof value !== 'string') throw typeError('a filtered value must be text');
  let text = textOf(value, meter);
  for (const name of names) {
    const filter = FILTERS.get(name);
    if (!filter) continue;
    meter.charge(text.length * FILTERED);
    text = filter(text, meter);
    meter.produce(text.length);
  }
  return text;
}

/** Names of the filters that change a text. */
export const FILTER_NAMES: readonly string[] = [...FILTERS.keys()];
