import { median, percentile, ratioOfMedians, spread } from '../../bench/statistics';

describe('median', () => {
  it.each([
    [[3], 3],
    [[10, 9, 100], 10],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('leaves its values in their order', () => {
    const values = [3, 1, 2];

    median(values);

    expect(values).toEqual([3, 1, 2]);
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow('median of nothing');
  });
});

describe('percentile', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);

  it.each([
    [0, 0],
    [0.05, 5],
    [0.95, 95],
    [1, 100],
  ])('%d lies above that share of the values', (share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('spread', () => {
  it('is the distance between the extremes as a share of the median', () => {
    expect(spread([90, 100, 120])).toBeCloseTo(0.3);
  });
});

describe('ratioOfMedians', () => {
  it('has an interval without width when the samples have none', () => {
    expect(ratioOfMedians([8, 8, 8], [10, 10, 10])).toEqual({ value: 0.8, low: 0.8, high: 0.8 });
  });

  it('keeps what slowed both halves of a round out of the interval', () => {
    const paired = ratioOfMedians([50, 100, 200, 400, 800], [100, 200, 400, 800, 1600]);
    const unpaired = ratioOfMedians([50, 100, 200, 400, 800], [1600, 800, 400, 200, 100]);

    expect(paired).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(unpaired.high).toBeGreaterThan(unpaired.low);
  });

  it('has the ratio within its interval, and says the same of the same samples', () => {
    const numerators = [97, 102, 95, 99, 104, 91, 98];
    const denominators = [100, 101, 99, 103, 98, 97, 102];

    const estimate = ratioOfMedians(numerators, denominators);

    expect(estimate.value).toBeCloseTo(0.98);
    expect(estimate.low).toBeLessThanOrEqual(estimate.value);
    expect(estimate.high).toBeGreaterThanOrEqual(estimate.value);
    expect(estimate.high - estimate.low).toBeLessThan(0.1);
    expect(ratioOfMedians(numerators, denominators)).toEqual(estimate);
  });

  it('refuses samples that are no pairs', () => {
    expect(() => ratioOfMedians([1, 2], [1])).toThrow('pairs');
  });
});
