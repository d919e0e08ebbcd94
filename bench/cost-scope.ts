import { applyFilters } from '../pipeline/language/filters';
import { evaluate } from '../pipeline/language/python/evaluator';
import { Meter } from '../pipeline/language/python/limits';
import { parseSource } from '../pipeline/language/python/parser';
import type { Language } from '../pipeline/language/python/rules';
import { PyBytes, PyDict, PySet, PyTuple, type PyValue } from '../pipeline/language/python/values';
import type { CostCase } from './cost-cases';

const AMBIENT = { now: 0, random: () => 0.5, offsetMinutes: () => 0 };
const FREE = { work: Number.MAX_SAFE_INTEGER, text: Number.MAX_SAFE_INTEGER, items: Number.MAX_SAFE_INTEGER };

/** Values of about `n` characters or items, by the names that the cases use. */
export function costScope(n: number): Map<string, PyValue> {
  const free = new Meter(FREE);
  const s = 'ab c'.repeat(n / 4 - 1).concat('ab ');
  const numbers = Array.from({ length: n }, (_, at) => at);
  const texts = numbers.map((at) => `t${at % 100}`);
  const plain = Object.fromEntries(numbers.map((at) => [`k${at}`, at]));
  const entries = Object.entries(plain);
  const halves = Array.from({ length: Math.ceil(n / 100) }, () => 1);
  const bytes = Uint8Array.from(numbers, (at) => 97 + (at % 20));
  const path = '/abc'.repeat(n / 4);
  const values: Record<string, PyValue> = {
    s,
    copy: `${s.slice(0, -1)} `,
    u: '😀b'.repeat(n / 3),
    letters: 'abcdefgh'.repeat(n / 8),
    word: 'abcdefgh'.repeat(Math.min(n, 2400) / 8),
    digits: '7'.repeat(Math.min(n, 4000)),
    blanks: ' '.repeat(n),
    titles: 'Abc Def '.repeat(n / 8),
    lines: 'abc\n'.repeat(n / 4),
    short: 'ab'.repeat(n / 20),
    path,
    slashes: `${'/'.repeat(n)}a/b`,
    percents: '%s'.repeat(n),
    escapes: '\\n'.repeat(n / 2),
    directives: '%Y'.repeat(Math.min(n / 2, 5000)),
    jsonList: JSON.stringify(numbers),
    jsonDict: JSON.stringify(plain),
    items: numbers,
    zeros: numbers.map(() => 0),
    texts,
    tt: new PyTuple(texts),
    tuples: numbers.map((at) => new PyTuple([at, 1])),
    pairs: numbers.map((at) => [at, 1]),
    row: new PyTuple(numbers),
    shared: Array.from({ length: 100 }, () => halves),
    again: Array.from({ length: 100 }, () => [...halves]),
    plain,
    table: PyDict.of(entries, free),
    group: PySet.of(numbers, free),
    other: PySet.of(numbers, free),
    raw: new PyBytes(bytes),
    copied: new PyBytes(bytes.slice()),
    last: n - 1,
  };
  const scope = new Map(Object.entries(values));
  const made = (name: string, source: string, language: Language = 1): void => {
    const seen = (known: string) => scope.get(known) as undefined;
    scope.set(name, evaluate(parseSource(source).expression, seen, { ...AMBIENT, language }, free));
  };
  made('match', "re.match('[abc ]*', s)");
  made('old_pattern', "re.compile('zz')");
  made('pattern', "re.compile('(?P<name>zz)')", 2);
  made('found', "re.match('(?P<name>[abc ]*)', s)", 2);
  made('narrow', "re.compile('[abc ]*').match(s, 1, 2)", 2);
  made('digest', 'hashlib.md5(raw)');
  return scope;
}

/** What a case costs in units of work; values that it changes are fresh ones. */
export function runCost(
  { source, since }: CostCase,
  scope: ReadonlyMap<string, PyValue>,
  meter = new Meter(FREE),
): number {
  const values = new Map(scope);
  const changed = /(\w+)\$/.exec(source)?.[1];
  if (changed) values.set(changed, copyOf(scope.get(changed)!));
  const { expression, filters } = parseSource(source.replace('$', ''));
  const value = evaluate(
    expression,
    (name) => values.get(name) as undefined,
    { ...AMBIENT, language: since ?? 1 },
    meter,
  );
  if (filters!.length > 0) applyFilters(value, filters!, meter);
  return meter.spent;
}

function copyOf(value: PyValue): PyValue {
  const free = new Meter(FREE);
  if (value instanceof PyDict) return PyDict.of(value.entries(free), free);
  return value instanceof PySet ? PySet.of(value.items(free), free) : [...(value as PyValue[])];
}
