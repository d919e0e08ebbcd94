import { GantryError } from '../../../base/error';
import { CONDITION_LIMITS, type Condition, requireBounded } from '../../../inventory/search/condition';

const leaf: Condition = { field: 'port', operator: 'eq', value: '80' };
const pattern: Condition = { field: 'port', label: 'bk_port', operator: 'regex', value: '8' };
const list = (length: number): Condition => ({ ...leaf, operator: 'in', value: Array(length).fill('80') });
const many = <T>(count: number, one: T): T[] => Array(count).fill(one);

/** A condition within `levels` groups of a kind. */
function nested(levels: number, wrap: (inner: Condition) => Condition): Condition {
  let condition = leaf;
  for (let level = 0; level < levels; level += 1) condition = wrap(condition);
  return condition;
}

function refusalOf(condition: Condition) {
  try {
    requireBounded(condition);
  } catch (error) {
    if (error instanceof GantryError) return { kind: error.kind, ...error.reason };
    throw error;
  }
  return undefined;
}

describe('a condition', () => {
  it.each<[string, (inner: Condition) => Condition]>([
    ['or', (inner) => ({ or: [leaf, inner] })],
    ['not', (not) => ({ not })],
  ])('has 8 levels of `%s` at most', (_word, wrap) => {
    const max = CONDITION_LIMITS.depth;

    expect(refusalOf(nested(max, wrap))).toBeUndefined();
    expect(refusalOf(nested(max + 1, wrap))).toEqual({
      kind: 'invalid',
      code: 'too_many',
      args: { field: 'condition', max },
    });
    expect(refusalOf(nested(100_000, wrap))).toMatchObject({ code: 'too_many' });
  });

  it('has 200 groups at most, though `and` is no level', () => {
    const wrap = (inner: Condition): Condition => ({ and: [inner] });

    expect(refusalOf(nested(200, wrap))).toBeUndefined();
    expect(refusalOf(nested(201, wrap))).toMatchObject({ code: 'too_many', args: { field: 'condition', max: 200 } });
    expect(refusalOf(nested(100_000, wrap))).toMatchObject({ code: 'too_many' });
  });

  it('is no deeper for several fields beside each other', () => {
    expect(refusalOf(nested(8, (inner) => ({ or: [{ and: [leaf, inner] }] })))).toBeUndefined();
    expect(refusalOf(nested(9, (inner) => ({ or: [{ and: [leaf, inner] }] })))).toMatchObject({ code: 'too_many' });
  });

  it('has 100 comparisons at most, wherever they stand', () => {
    const args = { field: 'condition', max: 100 };

    expect(refusalOf({ or: [{ and: many(50, leaf) }, { not: { or: many(50, leaf) } }] })).toBeUndefined();
    expect(refusalOf({ or: [{ and: many(50, leaf) }, { not: { or: many(51, leaf) } }] })).toMatchObject({ args });
  });

  it('has 10 patterns at most', () => {
    expect(refusalOf({ or: many(10, pattern) })).toBeUndefined();
    expect(refusalOf({ or: many(11, pattern) })).toMatchObject({
      code: 'too_many',
      args: { field: 'condition', max: 10 },
    });
  });

  it('has patterns that are not too much together', () => {
    const repeated = (count: number): Condition => ({ ...pattern, value: `a{${count}}` });

    expect(refusalOf({ or: [repeated(500), repeated(500)] })).toBeUndefined();
    expect(refusalOf({ or: [repeated(500), { not: repeated(501) }] })).toEqual({
      kind: 'invalid',
      code: 'too_long',
      args: { field: 'bk_port', max: 1_000 },
    });
  });

  it('has 1,000 values in a list at most', () => {
    expect(refusalOf(list(1_000))).toBeUndefined();
    expect(refusalOf(list(1_001))).toMatchObject({ code: 'too_many', args: { field: 'port', max: 1_000 } });
  });

  it('has patterns of 256 characters at most, named as the client does', () => {
    const withPattern = (value: string): Condition => ({ ...pattern, value });

    expect(refusalOf(withPattern('\u{1D49C}'.repeat(256)))).toBeUndefined();
    expect(refusalOf(withPattern('a'.repeat(257)))).toEqual({
      kind: 'invalid',
      code: 'too_long',
      args: { field: 'bk_port', max: 256 },
    });
  });
});
