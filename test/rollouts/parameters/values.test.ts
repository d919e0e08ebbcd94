import { MAX_STEP_VALUE_BYTES } from '../../../rollouts/limits';
import { readValue } from '../../../rollouts/parameters/values';

describe('a value of a parameter', () => {
  it.each<[unknown, unknown]>([
    [80, 80],
    ['80', 80],
    [' 80 ', 80],
    ['-7', -7],
    ['007', 7],
    ['999999999999999999', 999999999999999999n],
    [-999999999999999999n, -999999999999999999n],
    ['-0', 0],
  ])('that is to be an integer: %p is %p', (given, value) => {
    expect(readValue(given, { type: 'integer' })).toEqual({ value });
  });

  it.each<[unknown]>([
    [''],
    ['80; reboot'],
    ['0x10'],
    ['1e3'],
    ['+1'],
    ['1.0'],
    [1.5],
    [1e21],
    [Number.NaN],
    ['1000000000000000000'],
    [1000000000000000000n],
    [true],
    [null],
    [undefined],
    [['1']],
    [{}],
    ['१'],
    ['1\n2'],
  ])('is no integer: %p', (given) => {
    expect(readValue(given, { type: 'integer' })).toEqual({ problem: expect.stringMatching(/^is no integer/) });
  });

  it('is a text for what takes texts, whatever was sent', () => {
    expect(readValue(' a "b" ', { type: 'string' })).toEqual({ value: ' a "b" ' });
    expect(readValue('', { type: 'string' })).toEqual({ value: '' });
    expect(readValue(8080, { type: 'string' })).toEqual({ value: '8080' });
    expect(readValue(12345678901234567890n, { type: 'string' })).toEqual({ value: '12345678901234567890' });
    expect(readValue(false, { type: 'string' })).toEqual({ value: 'false' });
    expect(readValue({ a: 1 }, { type: 'string' })).toEqual({ problem: 'is no string' });
  });

  it('is no longer than a program can be given, and of characters that it can', () => {
    expect(readValue('x'.repeat(MAX_STEP_VALUE_BYTES), { type: 'string' })).toHaveProperty('value');
    expect(readValue('x'.repeat(MAX_STEP_VALUE_BYTES + 1), { type: 'string' })).toHaveProperty('problem');
    expect(readValue('é'.repeat(MAX_STEP_VALUE_BYTES / 2 + 1), { type: 'string' })).toHaveProperty('problem');
    expect(readValue('a\0b', { type: 'string' })).toHaveProperty('problem');
    expect(readValue('\ud800', { type: 'string' })).toHaveProperty('problem');
  });

  it('is within the range that there is', () => {
    const rule = { type: 'integer', range: { min: 0, max: 10 } } as const;
    expect(readValue(10, rule)).toEqual({ value: 10 });
    expect(readValue(11, rule)).toEqual({ problem: 'is not from 0 to 10' });
    expect(readValue(-1, rule)).toEqual({ problem: 'is not from 0 to 10' });
  });
});
