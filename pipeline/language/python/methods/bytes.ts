import { ExpressionError, typeError, valueError } from '../errors';
import { methodTable } from '../functions';
import type { Meter } from '../limits';
import type { PyBytes } from '../values';

/** UTF-8 by hand: TextEncoder is not part of the language and need not exist in a sandbox. */
function utf8(text: string, errors: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) bytes.push(...unencodable(errors));
    else if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return bytes;
}

function unencodable(errors: string): number[] {
  if (errors === 'ignore') return [];
  if (errors === 'replace') return [0x3f];
  throw valueError('the text cannot be encoded');
}

function narrow(text: string, limit: number, errors: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < limit) bytes.push(code);
    else bytes.push(...unencodable(errors));
  }
  return bytes;
}

function canonical(encoding: string): 'utf8' | 'ascii' | 'latin1' {
  const name = encoding.slice(0, 50).toLowerCase().replace(/[-_ ]/g, '');
  if (name === 'utf8') return 'utf8';
  if (name === 'ascii' || name === 'usascii') return 'ascii';
  if (name === 'latin1' || name === 'iso88591') return 'latin1';
  throw new ExpressionError('value', `unknown encoding: ${encoding.slice(0, 50)}`);
}

/** Units of work to encode or decode one character. */
const ENCODED = 8;

/** `text.encode(encoding, errors)` for the three encodings that configuration text uses. */
export function encodeText(text: string, meter: Meter, encoding = 'utf-8', errors = 'strict'): Uint8Array {
  const name = canonical(encoding);
  meter.charge(text.length * ENCODED);
  if (name === 'utf8') return Uint8Array.from(utf8(text, errors));
  return Uint8Array.from(narrow(text, name === 'ascii' ? 0x80 : 0x100, errors));
}

/** `bytes.decode(encoding, errors)`. */
export function decodeBytes(bytes: Uint8Array, meter: Meter, encoding = 'utf-8', errors = 'strict'): string {
  const name = canonical(encoding);
  meter.produce(bytes.length);
  meter.charge(bytes.length * ENCODED);
  const bad = (): string => {
    if (errors === 'ignore') return '';
    if (errors === 'replace') return '\ufffd';
    throw valueError('invalid start byte');
  };
  if (name !== 'utf8') {
    return Array.from(bytes, (byte) => (name === 'ascii' && byte > 0x7f ? bad() : String.fromCharCode(byte))).join('');
  }
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const [code, length] = readUtf8(bytes, at);
    out += code < 0 ? bad() : String.fromCodePoint(code);
    at += length;
  }
  return out;
}

/** Code point (-1: invalid) and how many bytes it took. */
function readUtf8(bytes: Uint8Array, at: number): [number, number] {
  const first = bytes[at]!;
  if (first < 0x80) return [first, 1];
  const length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4 || at + length > bytes.length) return [-1, 1];
  let code = first & (0xff >> (length + 1));
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index]!;
    if ((byte & 0xc0) !== 0x80) return [-1, index];
    code = (code << 6) | (byte & 0x3f);
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000][length]!;
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < smallest || code > 0x10ffff || surrogate ? [-1, 1] : [code, length];
}

/** Two texts of bytes as one. */
export function joinBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const out = new Uint8Array(left.length + right.length);
  out.set(left);
  out.set(right, left.length);
  return out;
}

/** Bytes as hexadecimal digits. */
export function hexText(bytes: Uint8Array, meter: Meter): string {
  meter.produce(bytes.length * 2);
  meter.charge(bytes.length * ENCODED);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Methods of bytes: only what hashing and encoding need. */
export const BYTES_METHODS = methodTable<PyBytes>({
  decode: (self, args, run) => {
    const [encoding = 'utf-8', errors = 'strict'] = args.bind('encoding?', 'errors?');
    if (typeof encoding !== 'string' || typeof errors !== 'string') throw typeError('decode() argument must be str');
    return decodeBytes(self.bytes, run.meter, encoding, errors);
  },
  hex: (self, args, run) => {
    args.bind();
    return hexText(self.bytes, run.meter);
  },
});
