import fc from 'fast-check';
import { parseJson, settleJson, stringifyJson, writeJson } from '../../base/json';

const LARGE = [
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '-123456789012345678901',
  '1'.padEnd(4300, '7'),
];
const MARK = '\ue00a';

describe('reading JSON', () => {
  it.each(LARGE)('keeps the digits of one (%#), wherever it stands', (digits) => {
    const large = BigInt(digits);

    expect(parseJson(digits)).toBe(large);
    expect(parseJson(` [${digits},\n{"a" : ${digits} , "b":[${digits}]}]\t`)).toEqual([
      large,
      { a: large, b: [large] },
    ]);
  });

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '1234567890123456',
    '1.10',
    '1e400',
    '-0',
    '12345678901234567890.5',
    '12345678901234567890.0',
    '1e20',
    '0.12345678901234567890',
    '-1234567890123456789e3',
    '"1765432109876543210"',
    '"a, 1765432109876543210 "',
    '"a\\\\", 1765432109876543210',
    '{"1765432109876543210": 1}',
    '{"x, 1765432109876543210 ,": 1.5}',
    '"\\u00e9 [ 1765432109876543210 ]"',
  ])('gives to %s the meaning that JSON.parse gives to it', (text) => {
    expect(outcome(() => parseJson(text))).toEqual(outcome(() => JSON.parse(text)));
  });

  it.each([
    '[01765432109876543210]',
    '[1765432109876543210',
    '{1765432109876543210: 1}',
    '[+1765432109876543210]',
    '[--1765432109876543210]',
    '[1765432109876543210 1]',
    '[1765432109876543210"a"]',
    '[true1765432109876543210]',
    '[1765432109876543210, "a]',
    '[1765432109876543210, "\n"]',
    '1765432109876543210,',
  ])('refuses %s as JSON.parse does', (text) => {
    expect(() => parseJson(text)).toThrow(outcome(() => JSON.parse(text)) as string);
  });

  it('refuses more digits than anything here can reckon with', () => {
    expect(() => parseJson(`[${'9'.repeat(4301)}]`)).toThrow('a whole number has more than 4300 digits');
  });

  it('takes strings that look like its own marks for what they are', () => {
    const value = { [`${MARK}5`]: `${MARK}5`, [MARK]: `${MARK}${MARK}`, n: 9007199254740993n, q: `"${MARK}5`, e: MARK };

    expect(parseJson(stringifyJson(value))).toEqual(value);
    expect(parseJson('["\\ue00a5", "\\uE00A", 9007199254740993]')).toEqual([`${MARK}5`, MARK, 9007199254740993n]);
  });

  it('makes an own property of __proto__, and of a name that comes twice takes the last', () => {
    const value = parseJson('{"__proto__": 9007199254740993, "a": 9007199254740993, "a": 9007199254740995}');

    expect(Object.entries(value as object)).toEqual([
      ['__proto__', 9007199254740993n],
      ['a', 9007199254740995n],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('is as deep as JSON.parse, and takes no more than a moment for many or long texts', () => {
    const depth = 200_000;
    let value = parseJson(`${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}`);
    for (let level = 0; level < depth; level++) value = (value as unknown[])[0];

    expect(value).toBe(9007199254740993n);
    const text = 'x\\"'.repeat(1_000_000);
    expect(parseJson(`["${text}", 9007199254740993]`)).toEqual([JSON.parse(`"${text}"`), 9007199254740993n]);
  });
});

describe('writing JSON', () => {
  it('writes a bigint as a whole number, and a float that is whole so that it is read as one', () => {
    expect(stringifyJson([1765432109876543210n, -5n, 1e20, 12345678901234567000, 1e21, 1.5])).toBe(
      '[1765432109876543210,-5,1e+20,1.2345678901234567e+19,1e+21,1.5]',
    );
  });

  it('writes for others what JSON.stringify writes, and whole numbers with all digits', () => {
    const value = { f: 1e20, text: `${MARK}1`, list: [1.5, { b: undefined }] };

    expect(writeJson(value)).toBe(JSON.stringify(value));
    expect(writeJson({ n: 1765432109876543210n, ...value })).toBe(
      JSON.stringify({ n: 0, ...value }).replace('0', '1765432109876543210'),
    );
    expect(() => writeJson({ n: 1n, self: circular() })).toThrow(/circular/);
  });

  it('writes what JSON.stringify writes, lines and all, where there is none', () => {
    const value = { a: [1, { b: undefined, c: () => 1, d: new Date(0) }], e: Number.NaN, f: '1765432109876543210' };

    expect(stringifyJson(value)).toBe(JSON.stringify(value));
    expect(stringifyJson(value, 2)).toBe(JSON.stringify(value, undefined, 2));
    expect(stringifyJson(undefined)).toBeUndefined();
    expect(stringifyJson({ ...value, n: 2n }, 2)).toBe(JSON.stringify({ ...value, n: 2 }, undefined, 2));
  });

  it('refuses a value in itself', () => {
    const value: Record<string, unknown> = { n: 9007199254740993n };
    value.self = value;

    expect(() => stringifyJson(value)).toThrow(/circular/);
  });
});

describe('settling a value', () => {
  it('says what is read of it, which is itself where there is no bigint', () => {
    const value = { a: [1, '1765432109876543210'] };

    expect(settleJson(value)).toEqual({ text: JSON.stringify(value), value });
    expect(settleJson(value).value).toBe(value);
    expect(settleJson({ a: [1n, 9007199254740993n] })).toEqual({
      text: '{"a":[1,9007199254740993]}',
      value: { a: [1, 9007199254740993n] },
    });
  });
});

describe('both', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((value) => (isSafe(value) ? Number(value) : value)),
    fc.integer({ min: 15, max: 22 }).map((power) => 10 ** power),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom(MARK, '"', '\\', ',', ':', '[', ' ', '9007199254740993', '-', '5'), { maxLength: 8 })
      .map((parts) => parts.join('')),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      number,
      text,
      fc.constantFrom(null, true, false),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(text, tie('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));

  it('give back every value, type for type', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (one, space) => {
        expect(parseJson(stringifyJson(one, space))).toEqual(one);
      }),
      { numRuns: 2000 },
    );
  });

  it('agree with JSON where every number is small or has a fraction, and on what is no JSON', () => {
    const noise = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"',
        '\\',
        ' ',
        '1',
        '-',
        '.',
        'e',
        'a',
        MARK,
        '9007199254740993',
        '"a"',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(noise, (parts) => {
        const text = parts.join('');
        expect(rounded(outcome(() => parseJson(text)))).toEqual(outcome(() => JSON.parse(text)));
      }),
      { numRuns: 20_000 },
    );
  });
});

function circular(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function isSafe(value: bigint): boolean {
  return BigInt.asIntN(54, value) === value && Number.isSafeInteger(Number(value));
}

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}

/** With large whole numbers as JSON.parse reads them. */
function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(rounded);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rounded(item)]));
}
