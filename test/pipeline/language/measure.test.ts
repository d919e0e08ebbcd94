import type { Json } from '../../../pipeline/json';
import { isSealedIn, sizeOf } from '../../../pipeline/language/python/measure';

const TOKEN = 'gsec:v2:k1:AAAA;';

describe('the size of a value', () => {
  const rows: Json = Array.from({ length: 100 }, (_, index) => ({ name: `host-${index}`, ip: '10.0.0.1', n: index }));

  it('is about that of its JSON', () => {
    const written = JSON.stringify(rows).length;

    expect(sizeOf(rows) / written).toBeGreaterThan(0.8);
    expect(sizeOf(rows) / written).toBeLessThan(1.6);
  });

  it('is the same for a copy that went through JSON: a worker has such copies', () => {
    expect(sizeOf(JSON.parse(JSON.stringify(rows)))).toBe(sizeOf(rows));
  });

  it('counts what is shared as often as it is written out', () => {
    let doubled: Json = rows;
    for (let count = 0; count < 60; count++) doubled = [doubled, doubled];

    expect(sizeOf(doubled)).toBeGreaterThan(sizeOf(rows) * 2 ** 60);
  });

  it('is refused where nobody could write it out', () => {
    let deep: Json = 1;
    for (let count = 0; count < 2100; count++) deep = [deep];

    expect(() => sizeOf(deep)).toThrow('limit of 2000 levels');
  });

  it('comes with whether a secret is sealed in it, in texts and in names', () => {
    expect(isSealedIn({ rows, password: ['x', { deep: `a ${TOKEN}` }] })).toBe(true);
    expect(isSealedIn({ [TOKEN]: 1 })).toBe(true);
    expect(isSealedIn(rows)).toBe(false);
  });
});
