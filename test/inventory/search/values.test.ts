import fc from 'fast-check';
import { comparedWith, compareValues, equalTo } from '../../../inventory/search/values';

describe('values that are compared', () => {
  it.each([
    ['text', 80, '80'],
    ['text', 10n ** 20n, '100000000000000000000'],
    ['text', 'a', 'a'],
    ['text', true, undefined],
    ['text', 'a\0', undefined],
    ['text', '\uD800', undefined],
    ['integer', '80', 80],
    ['integer', '-7', -7],
    ['integer', 1.5, undefined],
    ['integer', 2 ** 31, undefined],
    ['integer', '', undefined],
    ['integer', ' 1', undefined],
    ['integer', '0x10', undefined],
    ['integer', true, undefined],
    ['boolean', 'false', false],
    ['boolean', 1, undefined],
    ['boolean', 'toString', undefined],
    ['time', '2026-01-01T01:00:00+01:00', Date.UTC(2026, 0, 1)],
    ['time', '2026-01-01 00:00:00.5z', Date.UTC(2026, 0, 1, 0, 0, 0, 500)],
    ['time', '2026-01-01', undefined],
    ['time', '0000-01-01T00:00:00Z', undefined],
    ['time', '0001-01-01T00:00:00+01:00', undefined],
    ['time', '9999-12-31T23:59:59-01:00', undefined],
    ['time', '2026-13-01T00:00:00Z', undefined],
    ['time', 1767225600000, undefined],
  ] as const)('are those of a %s: %p is equal to %p', (type, value, wanted) => {
    expect(equalTo(type, value)).toBe(wanted);
  });

  it('may be more than an integer can be, or between two, where they are less or more', () => {
    expect(comparedWith('integer', 1.5)).toBe(1.5);
    expect(comparedWith('integer', 10n ** 20n)).toBe(1e20);
    expect(comparedWith('integer', '9'.repeat(400))).toBeUndefined();
  });

  it('come in the order of code points', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '\uD7FF', '\uE000', '\uFFFF', '\u{10000}', '\u{10FFFF}'),
    });

    fc.assert(
      fc.property(text, text, (a, b) => {
        const wanted = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(Math.sign(compareValues(a, b))).toBe(wanted);
      }),
    );
  });
});
