import fc from 'fast-check';
import {
  type Condition,
  ConditionError,
  compileCondition,
  conditionReferences,
  decide,
  evaluateBoolrule,
} from '../../../pipeline/language/condition';
import { Meter } from '../../../pipeline/language/python/limits';
import type { ScopeValue } from '../../../pipeline/language/python/values';
import { fixedAmbient, scopeOf } from './support';

function decided(condition: Condition, context: Record<string, ScopeValue>): boolean {
  return decide(JSON.parse(JSON.stringify(condition)), scopeOf(context), fixedAmbient(), new Meter());
}

function failure(run: () => unknown): ConditionError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConditionError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a boolrule condition', () => {
  test('is rendered and then read again', () => {
    expect(decided(compileCondition('${n} <= 10'), { n: '1' })).toBe(true);
    expect(decided(compileCondition('"${s}" == "x y"'), { s: 'x y' })).toBe(true);
    expect(decided(compileCondition('${int(n) + 1 > 3} == True'), { n: '3' })).toBe(true);
    expect(decided(compileCondition('${rule}'), { rule: '1 == 1' })).toBe(true);
  });

  test('may hold a variable of several lines', () => {
    expect(decided(compileCondition('"${s}" == "${s}"'), { s: 'one\ntwo\tthree\r' })).toBe(true);
    expect(decided(compileCondition('"one" in "${s}"'), { s: 'one\ntwo' })).toBe(true);
  });

  test('does not escape a text that already has an escape', () => {
    const error = failure(() => decided(compileCondition('"${s}" == "x"'), { s: 'one\ntwo\\n' }));

    expect(error.kind).toBe('parse');
    expect(error.rendered).toBe('"one\ntwo\\n" == "x"');
  });

  test('takes an unknown variable as its own text', () => {
    expect(decided(compileCondition('${x} == 1'), {})).toBe(false);
    expect(failure(() => decided(compileCondition('${x} > 1'), {})).kind).toBe('type');
  });

  test('tells what was evaluated when it fails', () => {
    const error = failure(() => decided(compileCondition('${n} > 1 1'), { n: 5 }));

    expect(error).toMatchObject({ name: 'ConditionError', kind: 'parse', rendered: '5 > 1 1' });
  });

  test('of a bare boolean is no rule', () => {
    expect(failure(() => decided(compileCondition('${flag}'), { flag: true })).kind).toBe('parse');
  });

  test('names what it reads', () => {
    expect(conditionReferences(compileCondition('${a} == "${b}" and c == 1'))).toEqual(['a', 'b']);
  });

  test('is bounded', () => {
    expect(failure(() => evaluateBoolrule(`${'('.repeat(20_000)}1==1${')'.repeat(20_000)}`)).kind).toBe('limit');
    expect(evaluateBoolrule(`${'1==2 or '.repeat(500)}1==1`)).toBe(true);
    expect(failure(() => evaluateBoolrule(`${'1==2 or '.repeat(600)}1==1`)).kind).toBe('limit');
    const long = compileCondition(`${'1==2 or '.repeat(600)}1==1`);
    expect(failure(() => decided(long, {}))).toMatchObject({
      kind: 'limit',
      message: expect.stringMatching(/limit of 4096/),
    });
  });

  test('may compare long texts, within the budget of its gateway', () => {
    const log = 'x'.repeat(200_000);

    expect(decided(compileCondition('"${log}" != ""'), { log })).toBe(true);
    const often = compileCondition(Array.from({ length: 50 }, () => '"${log}" == 1').join(' or '));
    expect(failure(() => decided(often, { log })).kind).toBe('limit');
  });

  test('is charged for what it compares', () => {
    const zeros = Array.from({ length: 50_000 }, () => 0);
    const once = 'resp.a == "x"';

    expect(evaluateBoolrule(once, { resp: { a: zeros } })).toBe(false);
    const often = Array.from({ length: 200 }, () => once).join(' or ');
    expect(failure(() => evaluateBoolrule(often, { resp: { a: zeros } })).kind).toBe('limit');
  });

  test('throws nothing but a ConditionError, whatever the text', () => {
    const words = fc.constantFrom(
      '1',
      '"a"',
      "'b",
      'x',
      '${y}',
      '(',
      ')',
      ',',
      '==',
      '>',
      'in',
      'and',
      'or',
      'true',
      '\t',
      '1e3',
      '.5',
    );

    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.boolean(), (parts, spaced) => {
        const text = parts.join(spaced ? ' ' : '');
        try {
          expect(typeof evaluateBoolrule(text, { x: [1] })).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(ConditionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an expr condition', () => {
  const context = { n: 5, s: 'one\ntwo', l: [1, 2], flag: false };

  test.each<[string, boolean]>([
    ['n > 3 and not flag', true],
    ['${n} > 3 and ${s}.startswith("one")', true],
    ['1 > 2 and 1 == 1 or 2 == 2', true],
    ['flag', false],
    ['l', true],
    ['n in\n(1, 5)', true],
    ['len(l) == 2 if flag else n == 5', true],
    ['n | 2 == 7', true],
    ["{'a': 1}['a'] == 1 and n in {5, 6}", true],
    ["{k: v for k, v in [('a', 1)]} == dict(a=1)", true],
    ['flag or missing if flag else True', true],
    ['"${n}" == "5"', false],
  ])('%s is %s', (source, expected) => {
    expect(decided(compileCondition(source, 'expr'), context)).toBe(expected);
  });

  test.each([['n >'], ['n = 5'], ['n.__class__'], [''], ['n n'], ["f'{n}'"], ['${n'], ['$n'], ['${n + 1}']])(
    '%j does not compile',
    (source) => {
      expect(failure(() => compileCondition(source, 'expr')).kind).toBe('parse');
    },
  );

  test.each([
    ['missing > 1', 'missing_variable'],
    ['s > 1', 'type'],
    ['n / 0', 'value'],
    ['l[7]', 'value'],
    ["'a' * 10 ** 9", 'limit'],
  ])('%s fails with %s', (source, kind) => {
    expect(failure(() => decided(compileCondition(source, 'expr'), context)).kind).toBe(kind);
  });

  test('names what it reads', () => {
    expect(conditionReferences(compileCondition('${a} == b.c and [x for x in l]', 'expr'))).toEqual(['a', 'b', 'l']);
  });
});
