import type { Json } from '../../pipeline/json';
import type { Constant } from '../../pipeline/tree/types';

const ROWS = 1_000;
const KEYS = 20_000;
const LEVELS = 150;

/** Variables that every expression may name, with values as large as a task can have. Made at the first call. */
export function bigValues(): Record<string, Json> {
  values ??= makeValues();
  return values;
}

let values: Record<string, Json> | undefined;

function makeValues(): Record<string, Json> {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  const shared = Array<Json>(300).fill(Array<Json>(300).fill(Array<Json>(300).fill('x')));
  const line = 'the quick brown fox, 10.0.0.1 ';
  return {
    name: 'web-1',
    n: 7,
    x: 1.5,
    yes: true,
    big: 'ab c'.repeat(225_000),
    emoji: '😀'.repeat(400_000),
    lines: `${line}\n`.repeat(25_000),
    digits: '12'.repeat(450_000),
    blanks: ' \t'.repeat(450_000),
    numbers: range(KEYS),
    texts: range(1_000).map((index) => `${index}${'t'.repeat(500)}`),
    table: range(ROWS).map((row) => ({
      id: row,
      ip: `10.0.${row >> 8}.${row & 255}`,
      name: `host-${row}`,
      note: line,
    })),
    wide: Object.fromEntries(range(KEYS).map((key) => [`key-${key}`, key])),
    deep: range(LEVELS).reduce<Json>((inner) => [inner, 'x'], []),
    // As values are that came by reference: one list in 90,000 places.
    shared,
    keyed: Object.fromEntries(range(10).map((key) => [`${key}${'k'.repeat(50_000)}`, key])),
  };
}

/** A table as a form makes it: its columns are attributes. */
export function tableConstant(): Constant {
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    ip: `10.0.${row >> 8}.${row & 255}`,
    note: 'x'.repeat(100),
  }));
  return constant('T', rows, 'datatable');
}

/** A constant of a tree. */
export function constant(name: string, value: Json, type = 'input'): Constant {
  const key = `\${${name}}`;
  return {
    key,
    name,
    index: 0,
    value,
    custom_type: type,
    source_type: 'custom',
    source_tag: '',
    source_info: {},
    show_type: 'show',
  };
}
