import { GantryError } from '../../../base/error';
import { MAX_PARAMETERS } from '../../../rollouts/limits';
import { readParameters, unionOf } from '../../../rollouts/parameters/types';

describe('parameters of an action', () => {
  it('have a type each, however that is written', () => {
    expect(readParameters({ host: 'string', n: 'Integer', s: ' String ' }, 'params')).toEqual({
      host: 'string',
      n: 'integer',
      s: 'string',
    });
    expect(readParameters(undefined, 'params')).toEqual({});
    expect(readParameters(null, 'params')).toEqual({});
  });

  it.each([
    ['list', 'params'],
    [['a'], 'params'],
    [{ a: 'list' }, 'params.a'],
    [{ a: '' }, 'params.a'],
    [{ a: 1 }, 'params.a'],
    [{ a: null }, 'params.a'],
    [{ '1a': 'string' }, 'params'],
    [{ 'a-b': 'string' }, 'params'],
    [{ 名: 'string' }, 'params'],
    [{ '': 'string' }, 'params'],
    [{ ['__proto__']: 'string' }, 'params'],
    [{ [`a${'b'.repeat(64)}`]: 'string' }, 'params'],
    [Object.fromEntries(Array.from({ length: MAX_PARAMETERS + 1 }, (_, n) => [`p${n}`, 'string'])), 'params'],
  ])('are refused naming the field: %#', (given, field) => {
    expect(() => readParameters(given, 'params')).toThrow(GantryError);
    try {
      readParameters(given, 'params');
    } catch (error) {
      expect((error as GantryError).reason).toMatchObject({ args: { field } });
    }
  });

  it('are those of all actions of a step; what one of them reckons with is an integer for all', () => {
    expect(unionOf([{ a: 'string', b: 'integer' }, { b: 'string', c: 'integer' }, { a: 'integer' }])).toEqual({
      a: 'integer',
      b: 'integer',
      c: 'integer',
    });
    expect(unionOf([Object.fromEntries([['constructor', 'string' as const]])])).toEqual({ constructor: 'string' });
    expect(unionOf([])).toEqual({});
  });
});
