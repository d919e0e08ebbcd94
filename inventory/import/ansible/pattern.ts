import { isIPv6 } from 'node:net';

/** What a line names hosts by: one, or many by ranges; with the port, if there is one. */
export interface HostPattern {
  port: number | undefined;
  count: number;
  names(): Generator<string>;
}

const IN_BRACKETS = /^\[(.+)\]:(\d+)$/;
const WITH_PORT = /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/;
/** A range where a name may have one; in an address of IPv6 it may be of hexadecimal digits. */
const NAME_RANGE = /\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]/gi;
const HEX_RANGE = /\[[\da-f]+:[\da-f]+(?::\d+)?\]/gi;
const LABEL = /^(?:[\p{L}\p{N}]|[\p{L}\p{N}_][\p{L}\p{N}_-]*[\p{L}\p{N}])$/u;
const RANGE = /^(?:(\d*):(\d+)|([A-Za-z]):([A-Za-z]))(?::(\d+))?$/;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MAX_DIGITS = 15;
const MAX_RANGES = 10;

/**
 * Reads what Ansible calls a host pattern: `web1`, `web1:2222`, `[fd00::1]:22`, `www[01:50:2].example.com`, `db-[a:f]`. Nothing
 * is expanded before `names` is asked for it.
 *
 * @returns a text saying what is wrong
 */
export function readPattern(pattern: string): HostPattern | string {
  const { name, port } = splitPort(pattern);
  const parts: Part[] = [];
  let rest = name;
  for (let open = rest.indexOf('['); open >= 0; open = rest.indexOf('[')) {
    const close = rest.indexOf(']');
    if (close < open) return 'a range is written [1:5], with both brackets';
    const range = readRange(rest.slice(open + 1, close));
    if (typeof range === 'string') return range;
    parts.push(only(rest.slice(0, open)), range);
    if (parts.length > 2 * MAX_RANGES) return `there are more than ${MAX_RANGES} ranges in it`;
    rest = rest.slice(close + 1);
  }
  if (parts.length > 0 && name.includes('|')) return 'a name with a range cannot have | in it';
  parts.push(only(rest));
  const count = parts.reduce((product, part) => product * part.count, 1);
  return { port, count, names: () => combine(parts, 0) };
}

/** A port is one only behind what can be a name or an address; all of it is the name otherwise. */
function splitPort(pattern: string): { name: string; port: number | undefined } {
  const [, inBrackets, bracketPort] = IN_BRACKETS.exec(pattern) ?? [];
  const whole = inBrackets ?? pattern;
  const [, name = whole, port = bracketPort] = WITH_PORT.exec(whole) ?? [];
  return port !== undefined && isHost(name) ? { name, port: Number(port) } : { name: pattern, port: undefined };
}

function isHost(name: string): boolean {
  const labels = name.replace(NAME_RANGE, '0').split('.');
  return labels.every((label) => LABEL.test(label)) || isIPv6(name.replace(HEX_RANGE, '0'));
}

interface Part {
  count: number;
  at(index: number): string;
}

function only(text: string): Part {
  return { count: 1, at: () => text };
}

function readRange(text: string): Part | string {
  const [, from, to, first, last, stepText = '1'] = RANGE.exec(text) ?? [];
  const step = Number(stepText);
  if ((to === undefined && last === undefined) || step === 0) {
    return 'a range is written [first:last] or [first:last:step], with numbers or single letters';
  }
  if (last !== undefined) {
    const start = LETTERS.indexOf(first!);
    return rangeOf(start, LETTERS.indexOf(last), step, (index) => LETTERS[index]!);
  }
  const begin = from || '0';
  const isFilled = begin.length > 1 && begin.startsWith('0');
  if (begin.length > MAX_DIGITS || to!.length > MAX_DIGITS) return `a range has at most ${MAX_DIGITS} digits`;
  if (isFilled && begin.length !== to!.length) return 'a range that begins with 0 has as many digits at its end';
  const width = isFilled ? begin.length : 0;
  return rangeOf(Number(begin), Number(to), step, (number) => String(number).padStart(width, '0'));
}

function rangeOf(start: number, end: number, step: number, text: (number: number) => string): Part | string {
  if (start > end) return 'a range ends before it begins';
  return { count: Math.floor((end - start) / step) + 1, at: (index) => text(start + index * step) };
}

function* combine(parts: readonly Part[], from: number): Generator<string> {
  const part = parts[from];
  if (!part) {
    yield '';
    return;
  }
  for (let index = 0; index < part.count; index++) {
    for (const rest of combine(parts, from + 1)) yield part.at(index) + rest;
  }
}
