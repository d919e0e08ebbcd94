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
