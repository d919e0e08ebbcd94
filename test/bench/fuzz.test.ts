import { join } from 'node:path';
import { randomInput } from '../../bench/expressions/inputs';
import { ExpressionMaker } from '../../bench/expressions/maker';
import { FUNCTIONS, METHODS, OTHERS } from '../../bench/expressions/signatures';
import { sweep } from '../../bench/expressions/sweep';
import { Dice, seededRandom } from '../../bench/random';
import { BUILTINS } from '../../pipeline/language/python/builtins';
import { PyModule } from '../../pipeline/language/python/functions';
import { MAX_SOURCE_LENGTH } from '../../pipeline/language/python/limits';
import { BYTES_METHODS } from '../../pipeline/language/python/methods/bytes';
import {
  DICT_METHODS,
  LIST_METHODS,
  SET_METHODS,
  TUPLE_METHODS,
} from '../../pipeline/language/python/methods/collections';
import { TEXT_METHODS } from '../../pipeline/language/python/methods/text';
import { DATE_METHODS, DATETIME_METHODS } from '../../pipeline/language/python/modules/dates';
import { parseSource } from '../../pipeline/language/python/parser';
import type { PyValue } from '../../pipeline/language/python/values';

const INPUTS = 5_000;
const SEED = 7;
/** Made by the build that `npm test` begins with. */
const THREAD = join(__dirname, '../../dist/bench/expressions/thread.js');

describe('the inputs of the fuzz', () => {
  it('are the same for the same seed and number, and others for others', () => {
    const some = (seed: number) => Array.from({ length: 50 }, (_, index) => JSON.stringify(randomInput(seed, index)));

    expect(some(1)).toEqual(some(1));
    expect(new Set([...some(1), ...some(2)]).size).toBeGreaterThan(95);
  });

  it('are expressions of the language', () => {
    const dice = new Dice(seededRandom(1));

    const sources = Array.from({ length: 2_000 }, () => new ExpressionMaker(dice).whole(4));

    expect(sources.filter((source) => source.length <= MAX_SOURCE_LENGTH && !isRead(source))).toEqual([]);
  });

  it.each([
    ['text', TEXT_METHODS.names],
    ['bytes', BYTES_METHODS.names],
    ['list', LIST_METHODS.names],
    ['tuple', TUPLE_METHODS.names],
    ['dict', DICT_METHODS.names],
    ['set', SET_METHODS.names],
    ['date', Object.keys(DATE_METHODS)],
    ['datetime', Object.keys(DATETIME_METHODS)],
  ] as const)('call every method of %s', (type, methods: readonly string[]) => {
    const called = METHODS[type]!.map(({ name }) => name);

    expect(methods.filter((name) => !called.includes(name))).toEqual([]);
  });

  it('call every builtin and all that the modules have', () => {
    const called = new Set([...FUNCTIONS.map(({ name }) => name), ...OTHERS]);
    // `datetime.datetime.now` is enough for `datetime.datetime`.
    const isCalled = (name: string) => [...called].some((known) => known === name || known.startsWith(`${name}.`));

    const all = [...BUILTINS].flatMap(([name, value]) => namesOf(name, value));

    expect(all.length).toBeGreaterThan(70);
    expect(all.filter((name) => !isCalled(name))).toEqual([]);
  });
});

function isRead(source: string): boolean {
  try {
    return !parseSource(source).forbidden;
  } catch {
    return false;
  }
}

/** The names of what a module has; of anything else its own. */
function namesOf(name: string, value: PyValue): string[] {
  if (!(value instanceof PyModule)) return [name];
  return [...value.members].flatMap(([member, inner]) => namesOf(`${name}.${member}`, inner));
}

describe('random inputs that are expensive', () => {
  it('all end as the language ends them', async () => {
    const { findings, finished, failed } = await sweep({ seed: SEED, count: INPUTS, threads: 2, file: THREAD });

    expect(findings.filter(({ outcome }) => outcome === 'foreign')).toEqual([]);
    expect(finished + failed).toBe(INPUTS);
    // Neither all too large nor all harmless.
    expect(Math.min(finished, failed)).toBeGreaterThan(INPUTS / 20);
  }, 1_200_000);
});
