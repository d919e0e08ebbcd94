import type { Json } from '../../../pipeline/json';
import { Meter } from '../../../pipeline/language/python/limits';
import { truthy } from '../../../pipeline/language/python/truth';
import { pythonStr, reprOf } from '../../../pipeline/language/python/value-text';
import { AttributeObject } from '../../../pipeline/language/python/values';

describe('Python text of a value', () => {
  test.each<[Json, string]>([
    [true, 'True'],
    [false, 'False'],
    [null, 'None'],
    [7, '7'],
    [-0, '0'],
    [1.5, '1.5'],
    [1e-7, '1e-07'],
    [1.5e300, '1.5e+300'],
    ['plain', 'plain'],
    [[1, 'a', null], "[1, 'a', None]"],
    [{ k: 1, x: { y: 2 } }, "{'k': 1, 'x': {'y': 2}}"],
    [["it's"], `["it's"]`],
    [[`it's "x"`], `['it\\'s "x"']`],
    [['a\n\t\\'], "['a\\n\\t\\\\']"],
    [['中', '\u200b', '\x7f'], "['中', '\\u200b', '\\x7f']"],
    [[], '[]'],
    [{}, '{}'],
  ])('%j is %s', (value, text) => {
    expect(pythonStr(value, new Meter())).toBe(text);
  });

  test('quotes a string as repr', () => {
    expect(reprOf('a', new Meter())).toBe("'a'");
  });

  test('of a system object is its own', () => {
    expect(pythonStr(new AttributeObject(new Map(), 'DataTable'), new Meter())).toBe('DataTable');
  });
});

test.each<[Json, boolean]>([
  [0, false],
  ['', false],
  [[], false],
  [{}, false],
  [null, false],
  [false, false],
  ['0', true],
  [[0], true],
  [0.1, true],
])('the truth of %j is %s', (value, truth) => {
  expect(truthy(value)).toBe(truth);
});
