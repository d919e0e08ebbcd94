import { evaluate } from '../../../pipeline/language/python/evaluator';
import { Meter } from '../../../pipeline/language/python/limits';
import { parseSource } from '../../../pipeline/language/python/parser';
import { textOf } from '../../../pipeline/language/python/value-text';
import type { ScopeValue } from '../../../pipeline/language/python/values';
import { fixedAmbient, load, scopeOf } from './support';

/** An expression, and the text that Python makes of it; null: Python cannot evaluate it. */
type PythonCase = [source: string, expected: string | null];

/** The names that test/data/language/python-match.py gives its expressions. */
const NAMES = { t: 'ab12 cd34\nef', u: '😀主a😀b机', n: 'key = value' };

function said(source: string, names: Record<string, ScopeValue>, language?: 1 | 2): string | null {
  const meter = new Meter();
  try {
    return textOf(evaluate(parseSource(source).expression, scopeOf(names), fixedAmbient(language), meter), meter);
  } catch {
    return null;
  }
}

describe('matches and compiled patterns', () => {
  const cases = load<PythonCase[]>('python-match.json');

  it('are what they are in Python', () => {
    const different = cases
      .map(([source, expected]) => ({ source, expected, found: said(source, NAMES) }))
      .filter(({ expected, found }) => found !== expected);

    expect(different).toEqual([]);
    expect(cases.length).toBeGreaterThan(1000);
  });

  it.each([
    "re.search('a', t)[0]",
    "str(re.search('a', t))",
    "str(re.compile('a'))",
    "re.search('(?P<n>a)', t).lastgroup",
    "re.search('a', t).pos",
    "re.search('a', t).endpos",
    "re.search('a', t).re.pattern",
    "re.search('a', t).regs",
    "re.search('(a)', t).group(True)",
    "re.compile('a').groupindex",
    "re.compile('b').search(t, 1)",
    "re.compile('b').findall(t, endpos=2)",
    "re.sub('b', lambda m: None, t)",
    String.raw`re.sub('(a)', r'\101', t)`,
    "re.search('a', t, re.NOFLAG)",
  ])('are as they were to runs by the first rules: %s', (source) => {
    expect(said(source, NAMES, 1)).toBeNull();
    expect(said(source, NAMES, 2)).not.toBeNull();
  });

  it.each([
    ["re.sub('x', 5, t)", NAMES.t],
    [String.raw`re.sub('x', r'\9', t)`, NAMES.t],
    ["re.search(re.compile('a'), t, re.I).group()", 'a'],
    [String.raw`re.sub('(a)', r'b\\'[:2], t)`, `b\\${NAMES.t.slice(1)}`],
  ])('are evaluated by the first rules where Python refuses: %s', (source, expected) => {
    expect(said(source, NAMES, 1)).toBe(expected);
    expect(said(source, NAMES, 2)).toBeNull();
  });
});

/** A text, and what `str`'s methods of that order make of it. */
type CaseRow = [text: string, ...made: (string | boolean)[]];

interface CaseTable {
  rows: CaseRow[];
  /** From one code to another, both of them in. */
  [predicate: string]: [number, number][] | CaseRow[];
}

describe('the cases of letters', () => {
  const { rows, ...predicates } = load<CaseTable>('python-case.json');
  const methods = 'upper lower title capitalize swapcase casefold istitle isupper islower'.split(' ');

  it.each(methods.map((method, index) => [method, index + 1] as const))(
    'are changed by %s as in Python',
    (method, index) => {
      const python = (value: string | boolean | undefined) =>
        value === true ? 'True' : value === false ? 'False' : value;
      const different = rows
        .map((row) => ({ text: row[0], expected: python(row[index]), found: said(`t.${method}()`, { t: row[0] }) }))
        .filter(({ expected, found }) => expected !== found);

      expect(different).toEqual([]);
      expect(rows.length).toBeGreaterThan(300);
    },
  );

  it.each(Object.entries(predicates) as [string, [number, number][]][])(
    '%s is true for whatever Python says',
    (method, ranges) => {
      const characters = ranges.flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
      );

      expect(characters.filter((t) => said(`t.${method}()`, { t }) !== 'True')).toEqual([]);
      expect(said(`t.${method}()`, { t: 'a主½' })).toBe('False');
    },
  );

  it.each([
    ["'ǆa'.title()", 'Ǆa', 'ǅa'],
    ["'ΑΣ'.title()", 'Ασ', 'Ας'],
    ["'ΑΣ ΑΣ'.capitalize()", 'Ασ ας', 'Ας ας'],
    ["'ŉ ﬁ'.title()", 'ʼN FI', 'ʼN Fi'],
    ["'Ⓐª'.swapcase()", 'ⓐª', 'ⓐª'],
    ["'ǅ'.swapcase()", 'Ǆ', 'ǅ'],
    ["'ſ ﬁ ẞ'.casefold()", 'ſ ﬁ ss', 's fi ss'],
    ["'Ⓐ'.isupper()", 'False', 'True'],
    ["'①'.isdigit()", 'False', 'True'],
    ["'壹'.isnumeric()", 'False', 'True'],
  ])('are as they were to runs by the first rules: %s', (source, first, now) => {
    expect(said(source, {}, 1)).toBe(first);
    expect(said(source, {}, 2)).toBe(now);
  });
});
