import { categoryOf, characterOf } from './escapes';
import type { Reader } from './reader';
import type { SetItem } from './sets';

/**
 * What stands between brackets; the reader has taken the first of them.
 *
 * @param at where that is
 * @param named reads a character by its name
 */
export function parseSet(
  reader: Reader,
  at: number,
  named: (at: number) => number,
): { items: SetItem[]; isNegated: boolean } {
  const isNegated = reader.skip('^');
  const items: SetItem[] = [];
  const take = (): string => {
    const one = reader.take();
    if (one === undefined) throw reader.error('unterminated character set', at);
    return one;
  };
  const member = (one: string, from: number): SetItem => {
    if (!one.startsWith('\\')) return single(one.codePointAt(0)!);
    if (one === '\\N') return single(named(from));
    return categoryOf(one) ?? single(characterOf(reader, one, from, true));
  };
  for (;;) {
    const from = reader.at;
    const one = take();
    // A bracket that comes first is one of the characters.
    if (one === ']' && items.length > 0) return { items, isNegated };
    const low = member(one, from);
    if (!reader.skip('-')) {
      items.push(low);
      continue;
    }
    const then = reader.at;
    const other = take();
    if (other === ']') {
      items.push(low, single(0x2d));
      return { items, isNegated };
    }
    items.push(range(low, member(other, then), () => reader.error(`bad character range ${one}-${other}`, from)));
  }
}

function single(code: number): SetItem {
  return { kind: 'range', low: code, high: code };
}

function range(low: SetItem, high: SetItem, wrong: () => Error): SetItem {
  if (low.kind !== 'range' || high.kind !== 'range' || high.low < low.low) throw wrong();
  return { kind: 'range', low: low.low, high: high.low };
}
