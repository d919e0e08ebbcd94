import { equal, order } from '../compare';
import { dictOf, entriesOf, isDict } from '../dicts';
import { typeError, valueError } from '../errors';
import { type BoundArguments, methodTable, type Run } from '../functions';
import { requireInt } from '../numbers';
import { iterate } from '../sequences';
import { truthy } from '../truth';
import { type PlainDict, PyDict, PySet, PyTuple, type PyValue, PyView } from '../values';

function indexOf(items: readonly PyValue[], args: BoundArguments, run: Run): number {
  const [item, start, stop] = args.bind('value', 'start?', 'stop?');
  run.meter.items(items.length);
  const clamp = (value: PyValue | undefined, missing: number): number => {
    const at = value === undefined ? missing : requireInt(value, 'index');
    return Math.min(Math.max(at < 0 ? at + items.length : at, 0), items.length);
  };
  const end = clamp(stop, items.length);
  for (let at = clamp(start, 0); at < end; at++) if (equal(items[at]!, item as PyValue, run.meter)) return at;
  throw valueError('value is not in the sequence');
}

function countOf(items: readonly PyValue[], args: BoundArguments, run: Run): number {
  const [item] = args.bind('value');
  run.meter.items(items.length);
  return items.filter((candidate) => equal(candidate, item as PyValue, run.meter)).length;
}

/** Stable; keys are computed once. */
export function sortItems(
  items: readonly PyValue[],
  key: PyValue | undefined,
  reverse: PyValue | undefined,
  run: Run,
): PyValue[] {
  const keyed = items.map((item) => ({ item, key: key === undefined || key === null ? item : run.call(key, [item]) }));
  run.meter.items(items.length);
  run.meter.sort(items.length);
  // Python keeps the order of equal items in a reverse sort too.
  const sign = truthy(reverse ?? false) ? -1 : 1;
  keyed.sort((a, b) => {
    const result = order(a.key, b.key, '<', run.meter);
    return Number.isNaN(result) ? 0 : sign * result;
  });
  return keyed.map(({ item }) => item);
}

/**
 * Methods of list. Those that change the list work on a copy of a context value that lasts for one fragment: a
 * template must not change the machine's state.
 */
export const LIST_METHODS = methodTable<PyValue[]>(
  {
    append: (self, args, run) => {
      const [item] = args.bind('object');
      run.meter.grow(self.length);
      self.push(item as PyValue);
      return null;
    },
    clear: (self, args) => {
      args.bind();
      self.length = 0;
      return null;
    },
    copy: (self, args, run) => {
      args.bind();
      run.meter.items(self.length);
      return [...self];
    },
    count: countOf,
    extend: (self, args, run) => {
      const [items] = args.bind('iterable');
      const added = [...iterate(items as PyValue, run.meter)];
      run.meter.items(self.length + added.length);
      for (const item of added) self.push(item);
      return null;
    },
    index: indexOf,
    insert: (self, args, run) => {
      const [at, item] = args.bind('index', 'object');
      run.meter.items(self.length + 1);
      self.splice(requireInt(at, 'index'), 0, item as PyValue);
      return null;
    },
    pop: (self, args, run) => {
      const [index] = args.bind('index?');
      const wanted = index === undefined ? -1 : requireInt(index, 'index');
      const at = wanted < 0 ? wanted + self.length : wanted;
      if (at < 0 || at >= self.length) throw valueError('pop index out of range');
      run.meter.items(self.length);
      return self.splice(at, 1)[0]!;
    },
    remove: (self, args, run) => {
      self.splice(indexOf(self, args, run), 1);
      return null;
    },
    reverse: (self, args, run) => {
      args.bind();
      run.meter.items(self.length);
      self.reverse();
      return null;
    },
    sort: (self, args, run) => {
      if (args.positional.length > 0) throw typeError('sort() takes no positional arguments');
      const [key, reverse] = args.bind('key?', 'reverse?');
      const sorted = sortItems(self, key, reverse, run);
      self.length = 0;
      for (const item of sorted) self.push(item);
      return null;
    },
  },
  { constant: ['append', 'clear'] },
);

export const TUPLE_METHODS = methodTable<PyTuple>({
  count: (self, args, run) => countOf(self.items, args, run),
  index: (self, args, run) => indexOf(self.items, args, run),
});

type AnyDict = PlainDict | PyDict;

/** Changes happen on PyDict only: a dict of the context is copied first (see the evaluator). */
function own(self: AnyDict): PyDict {
  if (self instanceof PyDict) return self;
  throw typeError('this dict cannot be changed');
}

/** Key and value pairs of what `dict(…)` and `update(…)` take. */
export function pairsOf(source: PyValue, run: Run): [PyValue, PyValue][] {
  if (isDict(source)) return entriesOf(source, run.meter);
  return iterate(source, run.meter).map((item) => {
    const pair = iterate(item, run.meter);
    if (pair.length !== 2) throw valueError('dictionary update sequence element must have length 2');
    return [pair[0]!, pair[1]!];
  });
}

/** Methods of dict. */
export const DICT_METHODS = methodTable<AnyDict>(
  {
    clear: (self, args) => {
      args.bind();
      own(self).clear();
      return null;
    },
    copy: (self, args, run) => {
      args.bind();
      return PyDict.of(entriesOf(self, run.meter), run.meter);
    },
    fromkeys: (_self, args, run) => keysToDict(args, run),
    get: (self, args, run) => {
      const [key, missing = null] = args.bind('key', 'default?');
      if (!(self instanceof PyDict) && typeof key === 'string') return Object.hasOwn(self, key) ? self[key]! : missing;
      const found = dictOf(self, run.meter).get(key as PyValue, run.meter);
      return found === undefined ? missing : found;
    },
    items: (self, args, run) => {
      args.bind();
      return new PyView(
        'dict_items',
        entriesOf(self, run.meter).map((pair) => new PyTuple(pair)),
      );
    },
    keys: (self, args, run) => {
      args.bind();
      return new PyView(
        'dict_keys',
        entriesOf(self, run.meter).map(([key]) => key),
      );
    },
    pop: (self, args, { meter }) => {
      const [key, missing] = args.bind('key', 'default?');
      const found = own(self).get(key as PyValue, meter);
      const value = found === undefined ? missing : found;
      if (value === undefined) throw valueError('key error');
      own(self).delete(key as PyValue, meter);
      return value;
    },
    popitem: (self, args, { meter }) => {
      args.bind();
      const last = own(self).entries(meter).at(-1);
      if (!last) throw valueError('dictionary is empty');
      own(self).delete(last[0], meter);
      return new PyTuple(last);
    },
    setdefault: (self, args, { meter }) => {
      const [key, missing = null] = args.bind('key', 'default?');
      if (!own(self).has(key as PyValue, meter)) own(self).set(key as PyValue, missing, meter);
      return own(self).get(key as PyValue, meter)!;
    },
    update: (self, args, run) => {
      const [source] = args.positional;
      if (source !== undefined) for (const [key, value] of pairsOf(source, run)) own(self).set(key, value, run.meter);
      for (const [key, value] of args.keywords) own(self).set(key, value, run.meter);
      return null;
    },
    values: (self, args, run) => {
      args.bind();
      return new PyView(
        'dict_values',
        entriesOf(self, run.meter).map(([, value]) => value),
      );
    },
  },
  { constant: ['clear', 'get', 'pop', 'setdefault'] },
);

/** `dict.fromkeys(keys, value)`. */
export function keysToDict(args: BoundArguments, run: Run): PyDict {
  const [keys, value = null] = args.bind('iterable', 'value?');
  const entries = iterate(keys as PyValue, run.meter).map((key): [PyValue, PyValue] => [key, value]);
  return PyDict.of(entries, run.meter);
}

function othersOf(args: BoundArguments, run: Run): PySet[] {
  return args.many().map((other) => PySet.of(iterate(other, run.meter), run.meter));
}

/** Methods of set. */
export const SET_METHODS = methodTable<PySet>(
  {
    add: (self, args, run) => {
      const [item] = args.bind('elem');
      self.add(item as PyValue, run.meter);
      return null;
    },
    copy: (self, args, run) => {
      args.bind();
      return PySet.of(self.items(run.meter), run.meter);
    },
    difference: (self, args, run) => {
      const others = othersOf(args, run);
      return chosen(self, run, (item) => !others.some((other) => other.has(item, run.meter)));
    },
    discard: (self, args, run) => {
      const [item] = args.bind('elem');
      self.delete(item as PyValue, run.meter);
      return null;
    },
    intersection: (self, args, run) => {
      const others = othersOf(args, run);
      return chosen(self, run, (item) => others.every((other) => other.has(item, run.meter)));
    },
    isdisjoint: (self, args, run) =>
      !othersOf(args, run).some((other) => self.items(run.meter).some((item) => other.has(item, run.meter))),
    issubset: (self, args, run) =>
      othersOf(args, run).every((other) => self.items(run.meter).every((item) => other.has(item, run.meter))),
    issuperset: (self, args, run) =>
      othersOf(args, run).every((other) => other.items(run.meter).every((item) => self.has(item, run.meter))),
    remove: (self, args, run) => {
      const [item] = args.bind('elem');
      if (!self.delete(item as PyValue, run.meter)) throw valueError('key error');
      return null;
    },
    symmetric_difference: (self, args, run) => {
      const { meter } = run;
      const [other = new PySet()] = othersOf(args, run);
      const outside = other.items(meter).filter((item) => !self.has(item, meter));
      return PySet.of([...self.items(meter).filter((item) => !other.has(item, meter)), ...outside], meter);
    },
    union: (self, args, run) => {
      const others = othersOf(args, run).flatMap((other) => other.items(run.meter));
      return PySet.of([...self.items(run.meter), ...others], run.meter);
    },
    update: (self, args, run) => {
      for (const other of othersOf(args, run)) {
        for (const item of other.items(run.meter)) self.add(item, run.meter);
      }
      return null;
    },
  },
  { constant: ['add', 'discard', 'remove'] },
);

function chosen(set: PySet, run: Run, choose: (item: PyValue) => boolean): PySet {
  return PySet.of(set.items(run.meter).filter(choose), run.meter);
}
