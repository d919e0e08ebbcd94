import { codeUnits } from './fold';
import { unitsOfEntity } from './html';

/** A text as somebody reads it who undoes an encoding. */
export interface View {
  units: Uint16Array;
  /** Where each unit begins in the text, and at last where the text ends; absent where each is at its own place. */
  starts?: Uint32Array;
}

/** A view that is being made of another one. */
class Writer {
  readonly #units: Uint16Array;
  readonly #starts: Uint32Array;
  #length = 0;

  constructor(private readonly source: View) {
    // Nothing is longer decoded than encoded, and one place is for the end.
    this.#units = new Uint16Array(source.units.length);
    this.#starts = new Uint32Array(source.units.length + 1);
  }

  /** @param at the unit of the source that it begins with */
  put(unit: number, at: number): void {
    this.#units[this.#length] = unit;
    this.#starts[this.#length++] = startOf(this.source, at);
  }

  /** Two units when it is beyond the first plane: they begin at one place. */
  putCodePoint(code: number, at: number): void {
    if (code <= 0xffff) return this.put(code, at);
    this.put(0xd800 + ((code - 0x10000) >> 10), at);
    this.put(0xdc00 + (code & 0x3ff), at);
  }

  view(): View {
    this.#starts[this.#length] = startOf(this.source, this.source.units.length);
    return { units: this.#units.subarray(0, this.#length), starts: this.#starts.subarray(0, this.#length + 1) };
  }
}

/** Undoes an encoding; undefined where there is nothing of it. */
export type Decoder = (view: View) => View | undefined;

export function viewOf(text: string): View {
  return { units: codeUnits(text) };
}

/** Where a unit of a view begins in the text. */
export function startOf({ starts }: View, at: number): number {
  return starts ? starts[at]! : at;
}

/** Where a unit of a view ends in the text: units that were one character there end together. */
export function endOf({ starts }: View, at: number): number {
  if (!starts) return at + 1;
  let next = at + 1;
  while (next < starts.length - 1 && starts[next] === starts[at]) next++;
  return starts[next]!;
}

const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const AMPERSAND = 0x26;

/** `%70%61ss`: bytes of UTF-8, or of Latin-1 where they are none. */
export const decodePercent: Decoder = (view) => {
  const { units } = view;
  const byteAt = (at: number) => (units[at] === PERCENT ? hexNumber(units, at + 1, 2) : -1);
  let first = units.indexOf(PERCENT);
  while (first >= 0 && byteAt(first) < 0) first = units.indexOf(PERCENT, first + 1);
  if (first < 0) return undefined;
  const writer = new Writer(view);
  for (let at = 0; at < units.length; ) {
    const byte = byteAt(at);
    if (byte < 0) writer.put(units[at]!, at++);
    else {
      const length = byte < 0xc2 || byte > 0xf4 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      const rest = Array.from({ length: length - 1 }, (_, index) => byteAt(at + 3 * (index + 1)));
      const isUtf8 = rest.every((next) => next >= 0x80 && next < 0xc0);
      const code = rest.reduce((sum, next) => (sum << 6) | (next & 0x3f), byte & (0xff >> (length + 1)));
      if (length > 1 && isUtf8 && code <= 0x10ffff) writer.putCodePoint(code, at);
      else writer.put(byte, at);
      at += length > 1 && isUtf8 && code <= 0x10ffff ? 3 * length : 3;
    }
  }
  return writer.view();
};

const ESCAPES = new Map(
  Object.entries({ n: 10, r: 13, t: 9, b: 8, f: 12 }).map(([name, unit]) => [unitOf(name), unit]),
);

/** `\"`, `\n`, `\u0070`, `\x70`: of JSON and its relatives. */
export const decodeEscapes: Decoder = (view) => {
  const { units } = view;
  if (!units.includes(BACKSLASH)) return undefined;
  const writer = new Writer(view);
  for (let at = 0; at < units.length; ) {
    const next = units[at + 1];
    if (units[at] !== BACKSLASH || next === undefined) {
      writer.put(units[at]!, at++);
      continue;
    }
    const digits = next === unitOf('u') ? 4 : next === unitOf('x') ? 2 : 0;
    const code = digits === 0 ? -1 : hexNumber(units, at + 2, digits);
    writer.put(code >= 0 ? code : (ESCAPES.get(next) ?? next), at);
    at += code >= 0 ? 2 + digits : 2;
  }
  return writer.view();
};

/** `&amp;`, `&#112;`, `&#x70;`. */
export const decodeEntities: Decoder = (view) => {
  const { units } = view;
  if (!units.includes(AMPERSAND)) return undefined;
  const writer = new Writer(view);
  for (let at = 0; at < units.length; ) {
    const entity = units[at] === AMPERSAND ? unitsOfEntity(units, at) : undefined;
    if (entity) writer.putCodePoint(entity.code, at);
    else writer.put(units[at]!, at);
    at += entity?.length ?? 1;
  }
  return writer.view();
};

function unitOf(character: string): number {
  return character.charCodeAt(0);
}

/** The number that so many hex digits are; -1 where they are none. */
function hexNumber(units: Uint16Array, at: number, digits: number): number {
  let number = 0;
  for (let index = at; index < at + digits; index++) {
    const digit = hexDigit(units[index]);
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

/** -1 for what is none. */
export function hexDigit(unit: number | undefined): number {
  if (unit === undefined) return -1;
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 && unit < 0x80 ? letter - 0x57 : -1;
}
