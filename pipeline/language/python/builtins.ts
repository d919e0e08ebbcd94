import { attributeOf } from './attributes';
import { asNumber, compareBy } from './compare';
import { typeError, valueError } from './errors';
import { type BoundArguments, type Implementation, PyFunction, PyType, type Run } from './functions';
import type { Meter } from './limits';
import { decodeBytes } from './methods/bytes';
import {
  DICT_METHODS,
  keysToDict,
  LIST_METHODS,
  pairsOf,
  SET_METHODS,
  sortItems,
  TUPLE_METHODS,
} from './methods/collections';
import { TEXT_METHODS } from './methods/text';
import { makeTranslation } from './methods/text/change';
import { MODULES } from './modules';
import { parseFloatText, parseInteger, roundNumber } from './number-text';
import { arithmetic, isInt, makeFloat, numberCost, requireInt, requireSafeInt, toFloat, truncate } from './numbers';
import { binary } from './operators';
import { FLOAT } from './percent-format';
import { languageOf } from './rules';
import { Sealed } from './sealed';
import { iterate, lengthOf } from './sequences';
import { truthy } from './truth';
import { textOf } from './value-text';
import { PyBytes, PyDict, PyIterator, PyRange, PySet, PySlice, PyTuple, type PyValue, typeName } from './values';

function number(value: PyValue, what: string) {
  const result = asNumber(value);
  if (result === undefined) throw typeError(`${what}: a number is required, not ${typeName(value)}`);
  return result;
}

function toInt(args: BoundArguments, run: Run): PyValue {
  const [value = 0, base] = args.bind('x?', 'base?');
  if (base !== undefined) {
    if (typeof value !== 'string') throw typeError("int() can't convert non-string with explicit base");
    return parseInteger(value, run.meter, requireInt(base, 'base'));
  }
  if (typeof value === 'string') return parseInteger(value, run.meter);
  if (value instanceof PyBytes) return parseInteger(decodeBytes(value.bytes, run.meter, 'latin1'), run.meter);
  return truncate(number(value, 'int()'));
}

function toText(args: BoundArguments, run: Run): PyValue {
  const [value = '', encoding, errors] = args.bind('object?', 'encoding?', 'errors?');
  if (value instanceof Sealed && encoding === undefined) return value;
  if (value instanceof PyBytes && encoding !== undefined) {
    const { meter } = run;
    return decodeBytes(
      value.bytes,
      meter,
      textOf(encoding, meter),
      errors === undefined ? 'strict' : textOf(errors, meter),
    );
  }
  return textOf(value, run.meter);
}

/** max and min share everything but the direction. */
function extreme(name: string, symbol: '>' | '<'): Implementation {
  return (args, run) => {
    const key = args.keywords.get('key');
    const items = args.positional.length === 1 ? iterate(args.positional[0]!, run.meter) : args.positional;
    for (const keyword of args.keywords.keys()) {
      if (keyword !== 'key' && keyword !== 'default') throw typeError(`${name}() got an unexpected keyword`);
    }
    const keyed = (item: PyValue): PyValue => (key === undefined || key === null ? item : run.call(key, [item]));
    let best: { item: PyValue; key: PyValue } | undefined;
    for (const item of items) {
      const candidate = { item, key: keyed(item) };
      if (!best || compareBy(symbol, candidate.key, best.key, run.meter)) best = candidate;
    }
    const missing = args.keywords.get('default');
    if (!best && missing === undefined) throw valueError(`${name}() arg is an empty sequence`);
    return best ? best.item : missing!;
  };
}

function sum(args: BoundArguments, run: Run): PyValue {
  const [items, start = 0] = args.bind('iterable', 'start?');
  if (typeof start === 'string') throw typeError("sum() can't sum strings");
  return iterate(items as PyValue, run.meter).reduce<PyValue>((total, item) => {
    if (typeof item === 'string') throw typeError('unsupported operand type(s) for +');
    run.meter.step();
    return binary('+', total, item, run);
  }, start);
}

function range(args: BoundArguments, run: Run): PyValue {
  const language = languageOf(run.ambient);
  const values = args.many().map((value) => requireSafeInt(value, 'range() argument', language));
  if (values.length === 0 || values.length > 3) throw typeError('range expected 1 to 3 arguments');
  const [start, stop, step] = values.length === 1 ? [0, values[0]!, 1] : [values[0]!, values[1]!, values[2] ?? 1];
  if (step === 0) throw valueError('range() arg 3 must not be zero');
  return new PyRange(start, stop, step);
}

function slice(args: BoundArguments): PyValue {
  const [first, second, third] = args.many();
  if (first === undefined) throw typeError('slice expected at least 1 argument');
  return second === undefined ? new PySlice(null, first, null) : new PySlice(first, second, third ?? null);
}

function power(args: BoundArguments, run: Run): PyValue {
  const [base, exponent, modulus] = args.bind('base', 'exp', 'mod?');
  if (modulus === undefined || modulus === null) return binary('**', base as PyValue, exponent as PyValue, run);
  const [a, b, m] = [base, exponent, modulus].map((value) => asNumber(value as PyValue));
  if (!isInt(a) || !isInt(b) || !isInt(m)) throw typeError('pow() 3rd argument not allowed unless all are integers');
  if (b < 0 || Number(m) === 0) throw valueError('pow() with these arguments is not supported');
  const cost = 2 * (numberCost(a) + numberCost(b) + numberCost(m));
  run.meter.charge(cost);
  let result = arithmetic('%', 1, m);
  let factor = arithmetic('%', a, m);
  for (let rest = BigInt(b); rest > 0n; rest >>= 1n) {
    run.meter.step();
    run.meter.charge(cost);
    if (rest & 1n) result = arithmetic('%', arithmetic('*', result, factor), m);
    factor = arithmetic('%', arithmetic('*', factor, factor), m);
  }
  return result;
}

/** Units of work to put one item into a tuple with others. */
const PAIRED = 8;

function zip(args: BoundArguments, run: Run): PyValue {
  const strict = args.keywords.get('strict');
  const columns = args.positional.map((column) => iterate(column, run.meter));
  const length = columns.reduce((least, column) => Math.min(least, column.length), columns[0]?.length ?? 0);
  if (truthy(strict ?? false) && columns.some((column) => column.length !== length)) {
    throw valueError('zip() arguments have different lengths');
  }
  run.meter.items(length);
  run.meter.charge(length * columns.length * PAIRED);
  return new PyIterator(
    'zip',
    Array.from({ length }, (_, row) => new PyTuple(columns.map((column) => column[row]!))),
  );
}

function enumerate(args: BoundArguments, run: Run): PyValue {
  const [items, start = 0] = args.bind('iterable', 'start?');
  const first = requireSafeInt(start, 'start', languageOf(run.ambient));
  const walked = iterate(items as PyValue, run.meter);
  run.meter.charge(walked.length * PAIRED);
  const pairs = walked.map((item, index) => new PyTuple([first + index, item]));
  return new PyIterator('enumerate', pairs);
}

function sorted(args: BoundArguments, run: Run): PyValue {
  const [items] = args.positional;
  if (items === undefined || args.positional.length > 1) throw typeError('sorted expected 1 argument');
  for (const keyword of args.keywords.keys()) {
    if (keyword !== 'key' && keyword !== 'reverse') throw typeError('sorted() got an unexpected keyword');
  }
  return sortItems(iterate(items, run.meter), args.keywords.get('key'), args.keywords.get('reverse'), run);
}

function reversed(args: BoundArguments, run: Run): PyValue {
  const [items] = args.bind('sequence');
  if (items instanceof PySet || items instanceof PyIterator)
    throw typeError('argument to reversed() must be a sequence');
  return new PyIterator('reversed', [...iterate(items as PyValue, run.meter)].reverse());
}

function dict(args: BoundArguments, run: Run): PyValue {
  const [source] = args.positional;
  if (args.positional.length > 1) throw typeError('dict expected at most 1 argument');
  return PyDict.of([...(source === undefined ? [] : pairsOf(source, run)), ...args.keywords], run.meter);
}

function absolute(args: BoundArguments): PyValue {
  const [value] = args.bind('x');
  const result = number(value as PyValue, 'abs()');
  if (typeof result === 'bigint') return result < 0n ? -result : result;
  return typeof result === 'number' ? Math.abs(result) : makeFloat(Math.abs(result.value));
}

function round(args: BoundArguments, run: Run): PyValue {
  run.meter.charge(FLOAT);
  const [value, digits] = args.bind('number', 'ndigits?');
  const count = digits === undefined || digits === null ? undefined : requireInt(digits, 'ndigits');
  return roundNumber(number(value as PyValue, 'round()'), count);
}

/** `str.upper` as a function of its first argument. */
function unbound(table: { has(name: string): boolean }): (name: string) => PyValue | undefined {
  return (name) => {
    if (!table.has(name)) return undefined;
    return new PyFunction(name, (args, run) => {
      const [self, ...positional] = args.positional;
      if (self === undefined) throw typeError(`unbound method ${name}() needs an argument`);
      const method = attributeOf(self, name, run.meter);
      if (!(method instanceof PyFunction)) throw typeError(`'${typeName(self)}' has no method ${name}`);
      return method.invoke({ positional, keywords: args.keywords }, run);
    });
  };
}

function collected(make: (items: readonly PyValue[], meter: Meter) => PyValue): Implementation {
  return (args, run) => {
    const [items] = args.bind('iterable?');
    return make(items === undefined ? [] : iterate(items, run.meter), run.meter);
  };
}

const TYPES: PyType[] = [
  new PyType('bool', (args) => truthy(args.bind('x?')[0] ?? false)),
  new PyType('int', toInt),
  new PyType('float', (args, run) => {
    const [value = 0] = args.bind('x?');
    return typeof value === 'string' ? parseFloatText(value, run.meter) : makeFloat(toFloat(number(value, 'float()')));
  }),
  new PyType('str', toText, (name) =>
    name === 'maketrans' ? new PyFunction(name, makeTranslation) : unbound(TEXT_METHODS)(name),
  ),
  new PyType(
    'list',
    collected((items) => [...items]),
    unbound(LIST_METHODS),
  ),
  new PyType(
    'tuple',
    collected((items) => new PyTuple([...items])),
    unbound(TUPLE_METHODS),
  ),
  new PyType(
    'set',
    collected((items, meter) => PySet.of(items, meter)),
    unbound(SET_METHODS),
  ),
  new PyType('dict', dict, (name) =>
    name === 'fromkeys' ? new PyFunction(name, keysToDict) : unbound(DICT_METHODS)(name),
  ),
  new PyType('range', range),
  new PyType('slice', slice),
  new PyType('enumerate', enumerate),
  new PyType('zip', zip),
  new PyType('reversed', reversed),
];

const FUNCTIONS: Record<string, Implementation> = {
  abs: absolute,
  all: (args, run) => iterate(args.bind('iterable')[0] as PyValue, run.meter).every(truthy),
  any: (args, run) => iterate(args.bind('iterable')[0] as PyValue, run.meter).some(truthy),
  len: (args, run) => lengthOf(args.bind('obj')[0] as PyValue, run.meter),
  max: extreme('max', '>'),
  min: extreme('min', '<'),
  pow: power,
  round,
  sorted,
  sum,
};

/** Functions that ask a value for its length only. */
const CONSTANT_FUNCTIONS = new Set(['len']);

/** The safe builtins and whitelisted modules of bk-sops §4.1, by name. */
export const BUILTINS: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ...TYPES.map((type): [string, PyValue] => [type.name, type]),
  ...Object.entries(FUNCTIONS).map(([name, implementation]): [string, PyValue] => [
    name,
    new PyFunction(name, implementation, `<built-in function ${name}>`, CONSTANT_FUNCTIONS.has(name)),
  ]),
  ...MODULES,
]);
