import { boundedFacts } from '../../../inventory/ssh/facts';

describe('what a host says of itself', () => {
  it('is kept as it is where it is plain', () => {
    const facts = { os: 'Debian GNU/Linux 13', cores: 8, is_container: false, kernel: '6.12.48' };

    expect(boundedFacts(facts)).toEqual(facts);
  });

  it('is bounded, for a host may say anything', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, n]));

    expect(Object.keys(boundedFacts(many))).toHaveLength(40);
    expect((boundedFacts({ os: 'x'.repeat(10_000) }).os as string).length).toBe(200);
    expect(boundedFacts({ 'A-b': 1, __proto__x: 2, ['x'.repeat(65)]: 3, ok: 4, nan: Number.NaN })).toEqual({ ok: 4 });
    expect(boundedFacts({ list: [1] as unknown as string, object: {} as unknown as string, ok: true })).toEqual({
      ok: true,
    });
  });

  it('holds no sealed text, which another task might open', () => {
    expect(boundedFacts({ os: 'a gsec:v2:k:AAAA; b' })).toEqual({ os: 'a ****** b' });
  });
});
