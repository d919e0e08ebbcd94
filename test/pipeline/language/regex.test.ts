import { evaluate } from '../../../pipeline/language/python/evaluator';
import { LIMITS, Meter } from '../../../pipeline/language/python/limits';
import { parseSource } from '../../../pipeline/language/python/parser';
import { compilePython } from '../../../pipeline/language/python/regex/compile';
import { unsupportedPatterns } from '../../../pipeline/language/python/regex/literals';
import type { Anchor, Found } from '../../../pipeline/language/python/regex/pattern';
import { parseTemplate, renderTemplate } from '../../../pipeline/language/template';
import { fixedAmbient, load, scopeOf } from './support';

/** Ends of the whole and of each group, in characters, and the group that was closed last. */
type Span = [...[number, number][], number | null];

interface Answer {
  flags: number;
  all: Span[];
  match: Span | null;
  fullmatch: Span | null;
  split: (string | null)[];
  sub: string;
}

type PythonCase = [pattern: string, flags: number, text: string, answer: Answer | null];

const run = () => ({ meter: new Meter() });

function spanOf(text: string, { starts, ends, lastGroup }: Found): Span {
  const at = (unit: number) => (unit < 0 ? -1 : [...text.slice(0, unit)].length);
  return [...starts.map((start, group): [number, number] => [at(start), at(ends[group]!)]), lastGroup ?? null];
}

function asked([pattern, flags, text]: PythonCase): Answer {
  const compiled = compilePython(pattern, flags, run());
  const spans = (anchor: Anchor) => compiled.find(text, anchor, 0, run()).map((found) => spanOf(text, found));
  const scope = scopeOf({ p: pattern, f: flags, t: text });
  const value = (source: string) => evaluate(parseSource(source).expression, scope, fixedAmbient(), new Meter());
  return {
    flags: compiled.flags,
    all: spans('anywhere'),
    match: spans('start')[0] ?? null,
    fullmatch: spans('both')[0] ?? null,
    split: value('re.split(p, t, 0, f)') as (string | null)[],
    sub: value("re.sub(p, r'<\\g<0>>', t, 0, f)") as string,
  };
}

function kindOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return (error as { kind: string }).kind;
  }
}

function rendered(template: string, context: Record<string, string>, language?: 1 | 2): unknown {
  return renderTemplate(parseTemplate(template), scopeOf(context), fixedAmbient(language), new Meter());
}

describe('a regular expression', () => {
  const cases = load<PythonCase[]>('python-re.json');

  test('finds in mixed scripts what Python finds', () => {
    const different = cases.filter((one) => {
      const [pattern, flags, , answer] = one;
      if (answer === null) return kindOf(() => compilePython(pattern, flags, run())) !== 'value';
      return JSON.stringify(asked(one)) !== JSON.stringify(answer);
    });

    expect(different.map((one) => [one, one[3] && asked(one)])).toEqual([]);
    expect(cases.filter(([, , , answer]) => answer !== null).length).toBeGreaterThan(800);
  });

  test.each([
    [String.raw`\b\w+\b`, 'a主机A 主机B é', ['a主机A', '主机B', 'é']],
    [String.raw`\B\w`, '主机AБ ñu', ['机', 'A', 'Б', 'u']],
    [String.raw`(?a)\w+`, 'a主机A é_1', ['a', 'A', '_1']],
    [String.raw`(?a)\bA`, '机A A', ['A', 'A']],
    [String.raw`(?u)\d+`, '12 ٣٤ ½ Ⅳ', ['12', '٣٤']],
    [String.raw`[^\W\d_]+`, 'ab1_ñ主²', ['ab', 'ñ主²']],
    [String.raw`\s`, 'a\u00a0b\u3000c\u0085d\x1ce\ufefff', ['\u00a0', '\u3000', '\u0085', '\x1c']],
    ['(?i)straße', 'STRAßE STRAẞE STRASSE', ['STRAßE', 'STRAẞE']],
    ['(?i)ΣΑΣ', 'σας σασ ΣΑΣ', ['σας', 'σασ', 'ΣΑΣ']],
    ['(?i)[k-s]+', '\u212aſKs', ['\u212aſKs']],
    ['(?i)i', 'iIıİ', ['i', 'I', 'ı', 'İ']],
    ['(?i)[^i]', 'iIıİj', ['j']],
    ['(?i)привет', 'ПРИВЕТ Привет', ['ПРИВЕТ', 'Привет']],
    ['(?ai)k', 'kK\u212a', ['k', 'K']],
    ['(?i)𐐀', '𐐨𐐀', ['𐐨', '𐐀']],
    [String.raw`\w+$`, 'a\nb\n', ['b']],
    [String.raw`(?m)^\w+$`, 'a\nb\n', ['a', 'b']],
    [String.raw`\w\Z`, 'a\nb\n', []],
    ['|a', 'a', ['', 'a', '']],
    ['x*', 'axb', ['', 'x', '', '']],
    ['(?x) a b # and no more', 'ab', ['ab']],
    [String.raw`(?P<名>\w)(?:-|$)`, '主-b', ['主-', 'b']],
  ])('%s in %j', (pattern, text, expected) => {
    const found = compilePython(pattern, 0, run()).find(text, 'anywhere', 0, run());

    expect(found.map(({ starts, ends }) => text.slice(starts[0], ends[0]))).toEqual(expected);
  });

  test('counts as Python does: 0 is all, less is none', () => {
    const text = "${re.sub('a', 'X', u, 0)} ${re.sub('a', 'X', u, -1)} ${re.split('a', u, -1)} ${re.split('a', u, 1)}";

    expect(rendered(text, { u: 'aa' }, 2)).toBe("XX aa ['aa'] ['', 'a']");
    expect(rendered("${re.sub('a', 'X', u, -1)}", { u: 'aa' }, 1)).toBe('XX');
  });

  test('is RE2 to runs by the first rules', () => {
    expect(rendered(String.raw`\${re.findall(r'\b\w+\b', u)}`.slice(1), { u: '主机A 主机B' }, 1)).toBe("['A', 'B']");
    expect(rendered(String.raw`\${re.findall(r'\b\w+\b', u)}`.slice(1), { u: '主机A 主机B' }, 2)).toBe(
      "['主机A', '主机B']",
    );
    expect(rendered("${re.sub('(?=a)', 'x', u)}", { u: 'a' }, 1)).toBe("${re.sub('(?=a)', 'x', u)}");
    expect(rendered("${re.findall('a', u, re.U)}", { u: 'a' }, 1)).toBe("${re.findall('a', u, re.U)}");
    expect(rendered("${re.findall('a', u, re.U)}", { u: 'a' }, 2)).toBe("['a']");
  });
});

const UNSUPPORTED: [pattern: string, named: string][] = [
  ['a(?=b)', 'the look-ahead (?=…) at position 1'],
  ['(?!b)', 'the look-ahead (?!…) at position 0'],
  ['(?<=ab)c', 'the look-behind (?<=…) at position 0'],
  ['主(?<!b)c', 'the look-behind (?<!…) at position 1'],
  [String.raw`(a)\1`, String.raw`the back reference \1 at position 3`],
  ['(?P<n>a)(?P=n)', 'the back reference (?P=n) at position 8'],
  ['(a)?(?(1)b|c)', 'the condition (?(1)…) at position 4'],
  ['(?>a+)b', 'the atomic group (?>…) at position 0'],
  ['a++b', 'the possessive quantifier ++ at position 1'],
  ['a{2}+b', 'the possessive quantifier {…}+ at position 1'],
  [String.raw`\N{BULLET}`, String.raw`a character by its name, \N{BULLET}, at position 0`],
];

const SUPPORTED = [
  String.raw`[\1]`,
  String.raw`\101`,
  String.raw`\(?=a`,
  '[(?=a)]',
  '(?x)a # (?=b)',
  '(?#(?=b)a',
  // Python's own errors: what is no pattern stays as it is.
  String.raw`\1`,
  '(?=a',
  '(?P=n)',
  '(?<=a+)b',
  'a**',
];

describe('a construct that linear time does not allow', () => {
  test.each(UNSUPPORTED)('%s is named', (pattern, named) => {
    const attempt = () => compilePython(pattern, 0, run());

    expect(kindOf(attempt)).toBe('unsupported');
    expect(attempt).toThrow(named);
  });

  test.each(SUPPORTED.map((pattern) => [pattern]))('is not in %s', (pattern) => {
    expect(kindOf(() => compilePython(pattern, 0, run()))).not.toBe('unsupported');
  });

  test('fails its node where it becomes known when the expression runs', () => {
    const computed = () => rendered("x${re.sub(p, '', 'ab')}", { p: '(?=b)' });

    expect(kindOf(computed)).toBe('unsupported');
    expect(computed).toThrow("${re.sub(p, '', 'ab')}: the regular expression '(?=b)' has the look-ahead");
  });

  test.each([
    ["re.sub('(?=a)', '', t)", 1],
    ["re.sub(pattern='(?=a)', repl='', string=t)", 1],
    ["[re.split('(?' + '=a)', x) for x in l] + re.findall('(?!a)', t)", 2],
    ["re.compile('(?=a)').sub('', t)", 1],
    ["re.search('a', t) if t else re.search('(?=a)', t)", 1],
    ["re.search('a # (?=b)', t, re.X)", 0],
    ["re.search('a (?=b)', t, flags=re.X)", 1],
    [String.raw`re.sub('(a)', '\\1', t)`, 0],
    ["re.sub('(a)', '(?=a)', t)", 0],
    ["re.escape('(?=a)')", 0],
    ["'(?=a)'.replace('(?=a)', '')", 0],
    ["[re.search('(?=a)', t) for re in l]", 0],
    ["re.search(p + '(?=a)', t)", 0],
    ['re.search(*l)', 0],
    ["re.search('(', t)", 0],
    ["re.search('(?=a)' if x else 'b', t)", 1],
    ["re.search('(?=a)' if x else '(?!a)', t)", 2],
    ["re.search('(?=a)' if False else 'b', t)", 0],
    ["re.search('(?=a)', t) if 1 > 2 else 'b'", 0],
    ["'' or re.search('(?=a)', t)", 1],
    ["'b' or re.search('(?=a)', t)", 0],
    ["re.search(x or '(?=a)', t)", 1],
    ["re.search('b' or '(?=a)', t)", 0],
    ["re.search('(?=a)' and 'b', t)", 0],
    ["(re.search if x else re.match)('(?=a)', t)", 1],
    ["(re.search if x else re.escape)('(?=a)')", 0],
    ["[re.search][0]('(?=a)', t)", 1],
    ["(re.escape, re.search)[-1]('(?=a)', t)", 1],
    ["[re.search, re.escape][1]('(?=a)')", 0],
    ["[re.search, str.split][i]('(?=a)', t)", 0],
    ["[re][0].search('(?=a)', t)", 1],
    ["(lambda f: f('(?=a)', t))(re.search)", 1],
    ["(lambda f=re.search: f('(?=a)', t))()", 1],
    ["(lambda f=re.search: f('(?=a)', t))(f=len)", 0],
    ["(lambda p: re.search(p, t))('(?=a)')", 1],
    ['(lambda p: re.search(p, t))(x)', 0],
    ["(lambda p='(?=a)': re.search(p, t))('b')", 0],
    ["(lambda: re.search)()('(?=a)', t)", 1],
    ["(lambda r: r.search('(?=a)', t))(re)", 1],
    ["(lambda re: re.search('(?=a)', t))(x)", 0],
    ["[f('(?=a)', t) for f in [re.search, re.match]]", 1],
    ["[f('(?=a)') for f in [re.search, len]]", 0],
    ["[re.search(p, t) for p in ['(?=a)', 'b', '(?!a)']]", 2],
    ["[re.search(p, t) for p in ['(?=a)', 'b'] if p in l]", 0],
    ["[re.search('(?=a)', p) for p in []]", 0],
    ["re.search('(?=%s)' % 'a', t)", 1],
    ["re.search('(?=%s)' % x, t)", 0],
    ["'%s' % re.search('(?=a)', t)", 1],
    ["re.search(''.join(['(?', '=a)']), t)", 1],
    ["re.search('(?=a)'[3:4], t)", 0],
    ["re.search(re.escape('(?=a)'), t)", 0],
    ["re.search(*['(?=a)', t])", 1],
    ["re.search('a(?=b)' if random.random() > 2 else 'b', t)", 1],
    ["re.sub('a', lambda m: re.sub('(?=b)', '', m.group()), t)", 1],
    ['(lambda f: f(f))(lambda f: f(f))', 0],
  ])('is found in the texts of %s', (source, count) => {
    expect(unsupportedPatterns(parseSource(source).expression)).toHaveLength(count);
  });

  test('is not looked for where a variable has the name of the module, or of what makes the text', () => {
    const found = (source: string, ...variables: string[]) =>
      unsupportedPatterns(parseSource(source).expression, (name) => variables.includes(name));

    expect(found("re.search('(?=a)', t)", 're')).toEqual([]);
    expect(found("re.search(str('(?=a)'), t)")).toHaveLength(1);
    expect(found("re.search(str('(?=a)'), t)", 'str')).toEqual([]);
  });

  test('is looked for in a time that grows with the expression alone', () => {
    const nested = (count: number): string => (count === 0 ? 'x' : `[lambda a: ${nested(count - 1)}][0](1)`);

    expect(unsupportedPatterns(parseSource(nested(22)).expression)).toEqual([]);
    expect(unsupportedPatterns(parseSource(Array(200).fill("(x if y else 'a')").join(' + ')).expression)).toEqual([]);
  });
});

describe('a pattern is paid for', () => {
  const spent = (pattern: string, text: string): number => {
    const meter = new Meter({ ...LIMITS, work: 1e9 });
    compilePython(pattern, 0, { meter }).find(text, 'anywhere', 0, { meter });
    return meter.spent;
  };

  test.each([
    ['(a*)*c', 'a'],
    ['(x+x+)+y', 'x'],
    ['(?:a?){50}b', 'a'],
    ['(a|ab)(c|bcd)*z', 'ab'],
    ['((a*)*|b)*c', 'ab'],
    [String.raw`(?i:[a-zß-ÿ]+\b\W)`, 'éa'],
    ['(|a)+b', 'a'],
  ])('%s costs twice as much for twice the text, and no more', (pattern, part) => {
    const [once, twice] = [500, 1000].map((count) => spent(`\\A.*?${pattern}`, part.repeat(count))) as [number, number];

    expect(twice / once).toBeGreaterThan(1.6);
    expect(twice / once).toBeLessThan(2.4);
  });

  test('before it is compiled, whatever its repetitions', () => {
    const kind = (pattern: string) => kindOf(() => compilePython(pattern, 0, run()));

    expect(kind('(?:a{100}){100}')).toBe('limit');
    expect(kind('((((a{9}){9}){9}){9}){9}')).toBe('limit');
    expect(kind('(?:){4000000000}')).toBe('limit');
    expect(kind('(?:a{50}){50}')).toBeUndefined();
    expect(kind('a'.repeat(1001))).toBe('limit');
    expect(kind(`(?i)${'[\\0-\\U0010ffff]'.repeat(60)}`)).toBe('limit');
    expect(kind('('.repeat(400) + ')'.repeat(400))).toBeUndefined();
  });
});
