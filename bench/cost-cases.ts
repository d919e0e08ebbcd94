import { applyFilters } from '../pipeline/language/filters';
import { evaluate } from '../pipeline/language/python/evaluator';
import { Meter } from '../pipeline/language/python/limits';
import { parseSource } from '../pipeline/language/python/parser';
import type { Language } from '../pipeline/language/python/rules';
import { PyBytes, PyDict, PySet, PyTuple, type PyValue } from '../pipeline/language/python/values';

/**
 * An expression for everything that the language can do with data: what `name` is called in its table, how it is used, and
 * whether it looks at a small part of its data only. `$` stands for a fresh value where the operation changes it.
 */
export interface CostCase {
  source: string;
  /** Whatever its data's size, it costs the same. */
  constant?: true;
  /** By the first rules of the language it is an error; absent: by all rules it is the same work. */
  since?: 2;
}

const text = (name: string): CostCase => ({ source: `s.${name}()` });
const constant = (source: string): CostCase => ({ source, constant: true });
const newer = (source: string): CostCase => ({ source, since: 2 });
const newerConstant = (source: string): CostCase => ({ source, constant: true, since: 2 });

export const COST_CASES: Record<string, CostCase | CostCase[]> = {
  'str.capitalize': text('capitalize'),
  'str.casefold': text('casefold'),
  'str.center': { source: 's.center(3)' },
  'str.count': [{ source: "s.count('b')" }, { source: "u.count('b', 1)" }, { source: "s.count('')" }],
  'str.encode': [text('encode'), { source: "s.encode('ascii')" }, { source: 'u.encode()' }],
  'str.endswith': [{ source: "s.endswith('zz')" }, { source: "s.endswith('zz', 1)" }, { source: 's.endswith(tt)' }],
  'str.expandtabs': text('expandtabs'),
  'str.find': [{ source: "s.find('zz')" }, { source: "u.find('zz', 1)" }, { source: "u.find('😁')" }],
  'str.index': { source: "s.index('c')" },
  'str.isalnum': { source: 'letters.isalnum()' },
  'str.isalpha': { source: 'letters.isalpha()' },
  'str.isascii': text('isascii'),
  'str.isdecimal': { source: 'digits.isdecimal()' },
  'str.isdigit': { source: 'digits.isdigit()' },
  'str.isidentifier': { source: 'letters.isidentifier()' },
  'str.islower': text('islower'),
  'str.isnumeric': { source: 'digits.isnumeric()' },
  'str.isprintable': [text('isprintable'), { source: 'u.isprintable()' }],
  'str.isspace': { source: 'blanks.isspace()' },
  'str.istitle': { source: 'titles.istitle()' },
  'str.isupper': text('isupper'),
  'str.join': [{ source: "','.join(texts)" }, { source: "','.join(s)" }],
  'str.ljust': { source: 's.ljust(3)' },
  'str.lower': text('lower'),
  'str.lstrip': [{ source: 'blanks.lstrip()' }, { source: "s.lstrip('ab ')" }],
  'str.maketrans': [{ source: 'str.maketrans(s, s)' }, { source: 'str.maketrans(plain)' }],
  'str.partition': { source: "s.partition('zz')" },
  'str.removeprefix': { source: "s.removeprefix('a')" },
  'str.removesuffix': { source: "s.removesuffix('a')" },
  'str.replace': [
    { source: "s.replace('b', 'cc')" },
    { source: "s.replace('', 'c')" },
    { source: "s.replace('zz', 'c')" },
  ],
  'str.rfind': { source: "s.rfind('zz')" },
  'str.rindex': { source: "s.rindex('a')" },
  'str.rjust': { source: 's.rjust(3)' },
  'str.rpartition': { source: "s.rpartition('zz')" },
  'str.rsplit': [text('rsplit'), { source: "s.rsplit('b', 2)" }, { source: 's.rsplit(None, 2)' }],
  'str.rstrip': { source: 'blanks.rstrip()' },
  'str.split': [text('split'), { source: "s.split('b')" }, { source: "u.split('b')" }, { source: 's.split(None, 2)' }],
  'str.splitlines': [text('splitlines'), { source: 'lines.splitlines()' }],
  'str.startswith': [{ source: "s.startswith('zz')" }, { source: "s.startswith('zz', 1)" }],
  'str.strip': [{ source: 'blanks.strip()' }, { source: "s.strip('ab ')" }, { source: "'a'.strip(s)" }],
  'str.swapcase': [text('swapcase'), { source: 'u.swapcase()' }],
  'str.title': [text('title'), { source: 'letters.title()' }],
  'str.translate': [{ source: 's.translate({97: 65})' }, { source: 'u.translate(plain)' }],
  'str.upper': text('upper'),
  'str.zfill': { source: 's.zfill(3)' },

  'list.append': { source: 'items$.append(1)' },
  'list.clear': { source: 'items$.clear()' },
  'list.copy': { source: 'items.copy()' },
  'list.count': { source: 'items.count(0)' },
  'list.extend': { source: 'items$.extend([1])' },
  'list.index': { source: 'items.index(last)' },
  'list.insert': { source: 'items$.insert(0, 1)' },
  'list.pop': { source: 'items$.pop(0)' },
  'list.remove': { source: 'items$.remove(last)' },
  'list.reverse': { source: 'items$.reverse()' },
  'list.sort': [{ source: 'items$.sort()' }, { source: 'texts$.sort()' }],
  'tuple.count': { source: 'row.count(0)' },
  'tuple.index': { source: 'row.index(last)' },
  'dict.clear': constant('table$.clear()'),
  'dict.copy': [{ source: 'table.copy()' }, { source: 'plain.copy()' }],
  'dict.fromkeys': { source: 'dict.fromkeys(items)' },
  'dict.get': [constant("table.get('x')"), constant("plain.get('x')"), { source: 'plain.get(1)' }],
  'dict.items': [{ source: 'table.items()' }, { source: 'plain.items()' }],
  'dict.keys': { source: 'table.keys()' },
  'dict.pop': constant("table$.pop('x', 1)"),
  'dict.popitem': { source: 'table$.popitem()' },
  'dict.setdefault': constant("table$.setdefault('x', 1)"),
  'dict.update': { source: 'table$.update(plain)' },
  'dict.values': { source: 'table.values()' },
  'set.add': constant('group$.add(-1)'),
  'set.copy': { source: 'group.copy()' },
  'set.difference': { source: 'group.difference(items)' },
  'set.discard': constant('group$.discard(0)'),
  'set.intersection': { source: 'group.intersection(items)' },
  'set.isdisjoint': { source: 'group.isdisjoint([-1])' },
  'set.issubset': { source: 'group.issubset(items)' },
  'set.issuperset': { source: 'group.issuperset(items)' },
  'set.remove': constant('group$.remove(0)'),
  'set.symmetric_difference': { source: 'group.symmetric_difference([-1])' },
  'set.union': { source: 'group.union([-1])' },
  'set.update': { source: 'group$.update(items)' },
  'bytes.decode': [{ source: 'raw.decode()' }, { source: "raw.decode('latin1')" }],
  'bytes.hex': { source: 'raw.hex()' },
  'int.bit_length': constant('last.bit_length()'),
  'int.is_integer': constant('last.is_integer()'),

  abs: constant('abs(last)'),
  all: { source: 'all(texts)' },
  any: { source: 'any(zeros)' },
  bool: { source: 'bool(s)' },
  dict: [{ source: 'dict(plain)' }, { source: 'dict(pairs)' }],
  enumerate: { source: 'enumerate(items)' },
  float: { source: 'float(digits)' },
  int: [{ source: 'int(digits)' }, { source: 'int(word, 36)' }],
  len: [
    constant('len(items)'),
    constant('len(table)'),
    { source: 'len(plain)' },
    { source: 'len(s)' },
    { source: 'len(u)' },
  ],
  list: [{ source: 'list(row)' }, { source: 'list(s)' }, { source: 'list(u)' }, { source: 'list(plain)' }],
  max: [{ source: 'max(items)' }, { source: 'max(texts)' }],
  min: { source: 'min(items)' },
  pow: constant('pow(3, 5, 7)'),
  range: constant('range(last)'),
  reversed: { source: 'reversed(items)' },
  round: constant('round(1.5)'),
  set: [{ source: 'set(items)' }, { source: 'set(texts)' }, { source: 'set(tuples)' }],
  slice: constant('slice(1, last)'),
  sorted: [{ source: 'sorted(items)' }, { source: 'sorted(texts, key=len)' }, { source: 'sorted(group)' }],
  str: [{ source: 'str(items)' }, { source: 'str(plain)' }, { source: 'str(shared)' }, { source: 'str(raw)' }],
  sum: { source: 'sum(items)' },
  tuple: { source: 'tuple(items)' },
  zip: { source: 'zip(items, texts)' },

  'hashlib.md5': { source: 'hashlib.md5(raw).hexdigest()' },
  'hashlib.sha1': { source: 'hashlib.sha1(raw).digest()' },
  'hashlib.sha224': { source: 'hashlib.sha224(raw).hexdigest()' },
  'hashlib.sha256': { source: 'hashlib.sha256(raw).hexdigest()' },
  'hashlib.sha384': { source: 'hashlib.sha384(raw).hexdigest()' },
  'hashlib.sha512': { source: 'hashlib.sha512(raw).hexdigest()' },
  'hash.update': { source: "digest.update(b'a')" },
  'json.dumps': [
    { source: 'json.dumps(items)' },
    { source: 'json.dumps(plain, sort_keys=True, indent=1)' },
    { source: 'json.dumps(shared)' },
    { source: 'json.dumps(u)' },
    { source: 'json.dumps(s, ensure_ascii=False)' },
  ],
  'json.loads': [{ source: 'json.loads(jsonList)' }, { source: 'json.loads(jsonDict)' }],
  'os.path.basename': { source: 'os.path.basename(path)' },
  'os.path.dirname': [{ source: 'os.path.dirname(path)' }, { source: 'os.path.dirname(slashes)' }],
  'os.path.isabs': { source: 'os.path.isabs(path)' },
  'os.path.join': [{ source: 'os.path.join(path, path)' }, { source: 'os.path.join(*texts)' }],
  'os.path.normpath': { source: 'os.path.normpath(path)' },
  'os.path.split': { source: 'os.path.split(path)' },
  'os.path.splitext': { source: 'os.path.splitext(path)' },
  'random.choice': { source: 'random.choice(items)' },
  'random.choices': { source: 'random.choices(items, k=last)' },
  'random.randint': constant('random.randint(1, last)'),
  'random.random': constant('random.random()'),
  'random.randrange': constant('random.randrange(last)'),
  'random.sample': { source: 'random.sample(items, 2)' },
  'random.seed': constant('random.seed(1)'),
  'random.shuffle': { source: 'random.shuffle(items)' },
  'random.uniform': constant('random.uniform(1, 2)'),
  're.compile': constant("re.compile('a')"),
  're.escape': { source: 're.escape(s)' },
  're.findall': [{ source: "re.findall('zz', s)" }, { source: "re.findall('b', short)" }],
  're.finditer': { source: "re.finditer('zz', s)" },
  're.fullmatch': { source: "re.fullmatch('[abc ]*', s)" },
  're.match': { source: "re.match('[abc ]*', s)" },
  're.search': [{ source: "re.search('zz', s)" }, { source: "re.search('(a|ab)(c|bcd)*z', s)" }],
  're.split': { source: "re.split('zz', s)" },
  're.sub': [{ source: "re.sub('zz', 'x', s)" }, { source: "re.sub('b', lambda m: 'x', short)" }],
  're.subn': { source: "re.subn('zz', 'x', s)" },
  'match.end': { source: 'match.end()' },
  'match.expand': constant("match.expand('x')"),
  'match.group': [constant('match.group()'), newerConstant('found[1]')],
  'match.groupdict': constant('match.groupdict()'),
  'match.groups': constant('match.groups()'),
  'match.span': { source: 'match.span()' },
  'match.start': { source: 'match.end(0)' },
  'match.endpos': [newer('found.endpos'), newerConstant('narrow.endpos')],
  'match.lastgroup': newerConstant('found.lastgroup'),
  'match.lastindex': constant('match.lastindex'),
  'match.pos': newerConstant('narrow.pos'),
  'match.re': newerConstant('found.re'),
  'match.regs': newer('found.regs'),
  'match.string': constant('match.string'),
  match_text: newer('str(found)'),
  'pattern.findall': [
    newer('pattern.findall(s, 1)'),
    newer('pattern.findall(u, 1)'),
    newer('pattern.findall(s, 0, 1)'),
  ],
  'pattern.finditer': newer('pattern.finditer(s, 1)'),
  'pattern.flags': constant('old_pattern.flags'),
  'pattern.fullmatch': newer('pattern.fullmatch(u, last, last)'),
  'pattern.groupindex': newerConstant('pattern.groupindex'),
  'pattern.groups': constant('old_pattern.groups'),
  'pattern.match': newer('pattern.match(u, last)'),
  'pattern.pattern': constant('old_pattern.pattern'),
  'pattern.search': [newer('pattern.search(s, 0, last)'), newer('pattern.search(u, last)')],
  'pattern.split': { source: 'old_pattern.split(s)' },
  'pattern.sub': [
    { source: "old_pattern.sub('x', s)" },
    newer(String.raw`pattern.sub(r'\1', s)`),
    newer('pattern.sub(escapes, s[:1])'),
  ],
  'pattern.subn': { source: "old_pattern.subn('x', s)" },
  pattern_text: newerConstant('str(pattern)'),
  'time.ctime': constant('time.ctime()'),
  'time.gmtime': constant('time.gmtime()'),
  'time.localtime': constant('time.localtime()'),
  'time.mktime': constant('time.mktime(time.localtime())'),
  'time.strftime': { source: 'time.strftime(directives)' },
  'time.strptime': constant("time.strptime('2024', '%Y')"),
  'time.time': constant('time.time()'),
  'datetime.date': constant('datetime.date(2024, 1, 2)'),
  'datetime.datetime': [
    constant('datetime.datetime.now()'),
    { source: 'datetime.datetime.now().strftime(directives)' },
  ],
  'datetime.time': constant('datetime.time(1, 2)'),
  'datetime.timedelta': constant('datetime.timedelta(days=1)'),
  'datetime.timezone': constant('datetime.timezone(datetime.timedelta(hours=1))'),

  'operator +': [{ source: 's + s' }, { source: 'items + items' }, { source: 'row + row' }, { source: 'raw + raw' }],
  'operator -': [{ source: 'group - group' }, { source: 'table.keys() - group' }],
  'operator *': [{ source: 's * 2' }, { source: 'items * 2' }, { source: 'raw * 2' }, { source: '2 * row' }],
  'operator /': constant('last / 2'),
  'operator //': constant('last // 2'),
  'operator %': [{ source: "'%s' % s" }, { source: "'%.1s' % s" }, { source: 'percents % row' }],
  'operator **': constant('3 ** 5'),
  'operator |': [{ source: '(group | group)' }, { source: '(table | plain)' }],
  'operator &': { source: 'group & group' },
  'operator ^': { source: 'group ^ group' },
  'operator <<': constant('1 << 5'),
  'operator >>': constant('last >> 5'),
  'operator ==': [
    { source: 's == copy' },
    { source: 'items == items[:]' },
    { source: 'plain == table' },
    { source: 'raw == copied' },
    { source: 'group == other' },
    { source: 'shared == again' },
  ],
  'operator !=': { source: 's != copy' },
  'operator <': [
    { source: 's < copy' },
    { source: 'items < items[:]' },
    { source: 'raw < copied' },
    { source: 'group < group' },
  ],
  'operator <=': { source: 'group <= group' },
  'operator >': { source: 's > copy' },
  'operator >=': { source: 'group >= group' },
  'operator in': [
    { source: "'zz' in s" },
    { source: '-1 in items' },
    { source: "b'zz' in raw" },
    constant('-1 in group'),
    constant("'x' in plain"),
    constant('5 in range(last)'),
  ],
  'operator not in': { source: "'zz' not in s" },
  'operator is': { source: 's is copy' },
  'operator is not': { source: 's is not copy' },
  'unary -': constant('-last'),
  'unary +': constant('+last'),
  'unary ~': constant('~last'),
  'unary not': constant('not items'),
  subscript: [constant('items[1]'), constant("plain['k1']"), { source: 's[1]' }, { source: 'u[1]' }],
  slice_of: [
    { source: 's[1:]' },
    { source: 's[::-1]' },
    { source: 'u[1:]' },
    { source: 'items[::2]' },
    { source: 'raw[1:]' },
  ],
  comprehension: [
    { source: '[x for x in items]' },
    { source: '{x: 1 for x in texts}' },
    { source: '{x for x in items}' },
  ],
  unpacking: [{ source: '[*items]' }, { source: 'max(*items)' }],
  key: [{ source: '{row: 1}' }, { source: '{s: 1}' }, { source: '{raw: 1}' }],

  'filter h': { source: 's | h' },
  'filter x': { source: 's | x' },
  'filter u': [{ source: 's | u' }, { source: 'u | u' }],
  'filter trim': { source: 'blanks | trim' },
  'filter entity': [{ source: 's | entity' }, { source: 'u | entity' }],
  'filter unicode': { source: 's | unicode' },
  'filter str': { source: 'items | str' },

  'format s': [{ source: "'%s' % items" }, { source: "'%.2s' % u" }],
  'format r': { source: "'%r' % s" },
  'format a': { source: "'%a' % u" },
  'format c': { source: "'%c' % last", constant: true },
  ...Object.fromEntries([...'diuxXoeEfFgG'].map((letter) => [`format ${letter}`, constant(`'%${letter}' % 5`)])),
};

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
