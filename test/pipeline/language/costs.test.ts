import { COST_CASES } from '../../../bench/cost-cases';
import { costScope, runCost } from '../../../bench/cost-scope';
import { FILTER_NAMES } from '../../../pipeline/language/filters';
import { NUMBER_METHODS } from '../../../pipeline/language/python/attributes';
import { BUILTINS } from '../../../pipeline/language/python/builtins';
import { PyFunction, PyModule } from '../../../pipeline/language/python/functions';
import { LIMITS, Meter } from '../../../pipeline/language/python/limits';
import { BYTES_METHODS } from '../../../pipeline/language/python/methods/bytes';
import {
  DICT_METHODS,
  LIST_METHODS,
  SET_METHODS,
  TUPLE_METHODS,
} from '../../../pipeline/language/python/methods/collections';
import { TEXT_METHODS } from '../../../pipeline/language/python/methods/text';
import { MATCH_FACTS, MATCH_METHODS } from '../../../pipeline/language/python/modules/re/match';
import { OPERATIONS } from '../../../pipeline/language/python/modules/re/operations';
import { PATTERN_FACTS } from '../../../pipeline/language/python/modules/re/pattern';
import { BINARY_POWER, COMPARISONS } from '../../../pipeline/language/python/parser';
import { CONVERSIONS } from '../../../pipeline/language/python/percent-format';

const SMALL = 1200;
const LARGE = 12_000;

/** Everything that the language can do with data, as its own tables name it: what is new there has to have a case. */
function operations(): string[] {
  return [
    ...named('str', TEXT_METHODS.names),
    ...named('list', LIST_METHODS.names),
    ...named('tuple', TUPLE_METHODS.names),
    ...named('dict', DICT_METHODS.names),
    ...named('set', SET_METHODS.names),
    ...named('bytes', BYTES_METHODS.names),
    ...named('int', NUMBER_METHODS.names),
    ...[...BUILTINS].flatMap(([name, value]) => (value instanceof PyModule ? functionsOf(name, value) : [name])),
    ...named('re', Object.keys(OPERATIONS)),
    ...named('match', [...Object.keys(MATCH_METHODS), ...Object.keys(MATCH_FACTS)]),
    ...named('pattern', [...Object.keys(OPERATIONS), ...Object.keys(PATTERN_FACTS)]),
    ...[...Object.keys(BINARY_POWER), '**', ...COMPARISONS, 'in', 'not in', 'is', 'is not'].map((o) => `operator ${o}`),
    ...['-', '+', '~', 'not'].map((operator) => `unary ${operator}`),
    ...FILTER_NAMES.map((name) => `filter ${name}`),
    ...Object.keys(CONVERSIONS).map((letter) => `format ${letter}`),
  ];
}

function named(type: string, names: readonly string[]): string[] {
  return names.map((name) => `${type}.${name}`);
}

function functionsOf(path: string, module: PyModule): string[] {
  return [...module.members].flatMap(([name, value]) => {
    if (value instanceof PyModule) return functionsOf(`${path}.${name}`, value);
    return value instanceof PyFunction ? [`${path}.${name}`] : [];
  });
}

describe('the cost of', () => {
  const [small, large] = [costScope(SMALL), costScope(LARGE)];
  const cases = Object.entries(COST_CASES).flatMap(([name, one]) =>
    [one].flat().map((each) => [name, each.source, each] as const),
  );

  test('everything that the language can do is known', () => {
    expect(operations().filter((name) => !Object.hasOwn(COST_CASES, name))).toEqual([]);
  });

  test.each(cases.filter(([, , { constant }]) => !constant))('%s grows with its data: %s', (_name, _source, one) => {
    // A digit or a date is bounded by itself; what has few thousand of them is charged all the more for each.
    expect(runCost(one, large) - runCost(one, small)).toBeGreaterThanOrEqual((LARGE - SMALL) * 0.9);
  });

  test.each(cases.filter(([, , { constant }]) => constant))(
    '%s is the same for any data: %s',
    (_name, _source, one) => {
      expect(runCost(one, large) - runCost(one, small)).toBeLessThan(100);
    },
  );

  test.each(cases)('%s is more than can be done with half of it: %s', (_name, _source, one) => {
    const work = runCost(one, small) / 2;
    const meter = new Meter({ ...LIMITS, work });

    expect(() => runCost(one, small, meter)).toThrow('more work than the limit');
  });
});
