import { endOf, hexDigit, startOf, type View } from './views';

/** Bytes that stand in a text as hex or base64, from one of the places at which they may begin. */
export interface ByteRun {
  bytes: Uint16Array;
  /** Where some of the bytes stand in the text. */
  place(first: number, end: number): { start: number; end: number };
  /** Whether it begins with the run and so may be all that somebody has encoded. */
  isFromStart: boolean;
}

const HEX_DIGITS_A_BYTE = 2;
const SEXTETS_IN_GROUP = 4;
const CR = 0x0d;
const LF = 0x0a;
/** Encoders break lines at 64 or 76 characters: what is shorter ends with its line. */
const SHORTEST_LINE = 60;

/** Every run of hex digits of at least so many bytes, begun at its first and at its second digit. */
export function* hexRuns(view: View, minBytes: number): Generator<ByteRun> {
  yield* runsOf(view, hexDigit, { minDigits: minBytes * 2, bits: 4, phases: HEX_DIGITS_A_BYTE });
}

/** Every run of base64 or base64url, also over line ends, begun at each of its first four characters. */
export function* base64Runs(view: View, minBytes: number): Generator<ByteRun> {
  const minDigits = Math.ceil((minBytes * 8) / 6);
  yield* runsOf(view, base64Digit, { minDigits, bits: 6, phases: SEXTETS_IN_GROUP });
}

interface Alphabet {
  minDigits: number;
  bits: number;
  phases: number;
}

function* runsOf(
  view: View,
  digitOf: (unit: number | undefined) => number,
  { minDigits, bits, phases }: Alphabet,
): Generator<ByteRun> {
  const { units } = view;
  const digits = new Uint8Array(units.length);
  const places = new Uint32Array(units.length);
  for (let at = 0; at < units.length; at++) {
    let count = 0;
    let lineStart = 0;
    for (; at < units.length; at++) {
      const digit = digitOf(units[at]);
      if (digit >= 0) {
        digits[count] = digit;
        places[count++] = at;
      } else if (count === lineStart && count > 0 && units[at] === LF) {
        // The second half of a line's end.
      } else if ((units[at] === CR || units[at] === LF) && count - lineStart >= SHORTEST_LINE) lineStart = count;
      else break;
    }
    for (let phase = 0; phase < phases && count - phase >= minDigits; phase++) {
      yield {
        bytes: bytesOf(digits.subarray(phase, count), bits),
        isFromStart: phase === 0,
        place: (first, end) => ({
          start: startOf(view, places[phase + Math.floor((first * 8) / bits)]!),
          end: endOf(view, places[phase + Math.ceil((end * 8) / bits) - 1]!),
        }),
      };
    }
  }
}

/** Folded as `foldByte` does. */
function bytesOf(digits: Uint8Array, bits: number): Uint16Array {
  const bytes = new Uint16Array(Math.floor((digits.length * bits) / 8));
  let held = 0;
  let heldBits = 0;
  let length = 0;
  for (const digit of digits) {
    held = (held << bits) | digit;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    bytes[length++] = foldByte((held >> heldBits) & 0xff);
    held &= (1 << heldBits) - 1;
  }
  return bytes;
}

/** A byte without its case, as far as it is ASCII. */
export function foldByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** -1 for what is none. */
function base64Digit(unit: number | undefined): number {
  if (unit === undefined) return -1;
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41;
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x47;
  if (unit >= 0x30 && unit <= 0x39) return unit + 4;
  if (unit === 0x2b || unit === 0x2d) return 62;
  return unit === 0x2f || unit === 0x5f ? 63 : -1;
}
