import { asNumber } from '../../compare';
import { dictOf, entriesOf, isDict } from '../../dicts';
import { typeError, valueError } from '../../errors';
import type { BoundArguments, Run } from '../../functions';
import type { Meter } from '../../limits';
import { isInt, toIndex } from '../../numbers';
import { characters, iterate, textLength } from '../../sequences';
import { PyBytes, PyDict, type PyValue } from '../../values';
import { encodeText } from '../bytes';
import { optionalInt, PART, requireText } from './arguments';
import { separatedParts } from './parts';

export function replace(self: string, args: BoundArguments, run: Run): PyValue {
  const [oldText, newText, count] = args.bind('old', 'new', 'count?');
  const from = requireText(oldText, 'old');
  const to = requireText(newText, 'new');
  const limit = optionalInt(count, -1);
  if (from === '') {
    const between = textLength(self, run.meter) + 1;
    const times = limit < 0 ? between : Math.min(between, limit);
    run.meter.produce(self.length + times * to.length);
    return insertBetween(self, to, times, run.meter);
  }
  const found = separatedParts(self, from, -1, 'left', run.meter).length - 1;
  const times = limit < 0 ? found : Math.min(found, limit);
  run.meter.produce(self.length + times * Math.max(0, to.length - from.length));
  return separatedParts(self, from, times, 'left', run.meter).join(to);
}

function insertBetween(self: string, text: string, times: number, meter: Meter): string {
  const items = characters(self, meter);
  const out = items.map((item, index) => (index < times ? text + item : item)).join('');
  return times > items.length ? out + text : out;
}

export function join(self: string, args: BoundArguments, run: Run): PyValue {
  const [items] = args.bind('iterable');
  const parts = iterate(items as PyValue, run.meter);
  let length = 0;
  for (const part of parts) length += requireText(part, 'sequence item').length + self.length;
  run.meter.charge(parts.length * PART);
  run.meter.produce(length);
  return parts.join(self);
}

export function encode(self: string, args: BoundArguments, run: Run): PyValue {
  const [encoding, errors] = args.bind('encoding?', 'errors?');
  const name = encoding === undefined ? 'utf-8' : requireText(encoding, 'encoding');
  return new PyBytes(
    encodeText(self, run.meter, name, errors === undefined ? 'strict' : requireText(errors, 'errors')),
  );
}

export function translate(self: string, args: BoundArguments, run: Run): PyValue {
  const [table] = args.bind('table');
  if (!isDict(table as PyValue)) throw typeError('the table must be a dict');
  const { meter } = run;
  const map = dictOf(table as PyDict, meter);
  let length = 0;
  const out = characters(self, meter).map((character) => {
    const to = map.get(character.codePointAt(0)!, meter);
    const part = to === undefined ? character : to === null ? '' : translated(to);
    length += part.length;
    return part;
  });
  meter.produce(length);
  return out.join('');
}

function translated(to: PyValue): string {
  if (!isInt(to)) return requireText(to, 'character mapping');
  const code = toIndex(to);
  if (code < 0 || code > 0x10ffff) throw valueError('character mapping must be in range(0x110000)');
  return String.fromCodePoint(code);
}

/** `str.maketrans(…)`. */
export function makeTranslation(args: BoundArguments, run: Run): PyValue {
  const [from, to, drop] = args.bind('x', 'y?', 'z?');
  const { meter } = run;
  const table = new PyDict();
  if (to === undefined) {
    if (!isDict(from as PyValue)) throw typeError('maketrans needs a dict');
    for (const [key, value] of entriesOf(from as PyDict, meter)) {
      table.set(typeof key === 'string' ? (key.codePointAt(0) ?? 0) : (asNumber(key) ?? 0), value, meter);
    }
    return table;
  }
  const source = characters(requireText(from, 'x'), meter);
  const target = characters(requireText(to, 'y'), meter);
  if (source.length !== target.length) throw valueError('the first two maketrans arguments must have equal length');
  source.forEach((character, index) => {
    table.set(character.codePointAt(0)!, target[index]!.codePointAt(0)!, meter);
  });
  for (const character of characters(drop === undefined ? '' : requireText(drop, 'z'), meter)) {
    table.set(character.codePointAt(0)!, null, meter);
  }
  return table;
}
