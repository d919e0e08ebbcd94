import fc from 'fast-check';
import { batchSizeOf, planBatches } from '../../rollouts/batches';

describe('batches', () => {
  it.each([
    [10, {}, 10],
    [10, { maxNum: 3 }, 3],
    [10, { maxNum: 0 }, 10],
    [10, { maxRatio: 25 }, 2],
    [10, { maxNum: 3, maxRatio: 20 }, 2],
    [3, { maxRatio: 10 }, 1],
    [3, { maxNum: 100 }, 3],
  ])('of %i hosts with %j have %i', (hosts, bounds, size) => {
    expect(batchSizeOf(hosts, bounds)).toBe(size);
  });

  it('may begin with a smaller one', () => {
    expect(planBatches(6, { maxNum: 2, first: 1 })).toEqual([1, 2, 2, 3, 3, 4]);
    expect(planBatches(3, { maxNum: 2, first: 9 })).toEqual([1, 1, 2]);
  });

  it('have every host once, in order, and none is larger than it may be', () => {
    const bounds = fc.record({
      maxNum: fc.integer({ min: 0, max: 50 }),
      maxRatio: fc.integer({ min: 1, max: 100 }),
      first: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), bounds, (hosts, given) => {
        const plan = planBatches(hosts, given);
        const size = batchSizeOf(hosts, given);
        const counts = new Map<number, number>();
        for (const batch of plan) counts.set(batch, (counts.get(batch) ?? 0) + 1);

        expect(plan).toHaveLength(hosts);
        expect(plan).toEqual([...plan].sort((a, b) => a - b));
        expect([...counts.keys()]).toEqual(Array.from(counts.keys(), (_, at) => at + 1));
        expect(Math.max(...counts.values())).toBeLessThanOrEqual(size);
        // Only the first one and the last one may be smaller.
        for (const [batch, count] of counts) if (batch > 1 && batch < counts.size) expect(count).toBe(size);
      }),
    );
  });
});
