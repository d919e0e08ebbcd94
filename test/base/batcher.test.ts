import { setTimeout as delay } from 'node:timers/promises';
import { Batcher } from '../../base/batcher';

/** Takes numbers and gives back their doubles; refuses a negative one, and all of a batch in which there is a zero. */
function newBatcher(gatherMs: number) {
  const writes: (readonly number[])[] = [];
  const batcher = new Batcher<number, number>({
    async write(items) {
      writes.push(items);
      await delay(1);
      if (items.includes(0)) throw new Error('nobody is there');
      if (items.some((item) => item < 0)) throw new Error('negative');
      return items.map((item) => 2 * item);
    },
    gatherMs,
    concernsAll: (error) => (error as Error).message === 'nobody is there',
  });
  return { batcher, writes };
}

const LONG_MS = 60_000;

describe('what is done together', () => {
  it('comes at once for who comes alone, and waits for others after that', async () => {
    const { batcher, writes } = newBatcher(50);

    const results = await Promise.all([1, 2, 3].map((item) => batcher.add(item)));

    expect(results).toEqual([2, 4, 6]);
    expect(writes).toEqual([[1], [2, 3]]);
    await delay(60);
    expect(await batcher.add(4)).toBe(8);
    expect(writes).toEqual([[1], [2, 3], [4]]);
  });

  it('waits for nothing where somebody may not wait', async () => {
    const { batcher, writes } = newBatcher(LONG_MS);

    const results = await Promise.all([batcher.add(1), batcher.add(2), batcher.add(3, { atOnce: true })]);

    expect(results).toEqual([2, 4, 6]);
    expect(writes).toEqual([[1], [2, 3]]);
  });

  it('is done one by one where one is not taken', async () => {
    const { batcher, writes } = newBatcher(10);

    const settled = await Promise.allSettled([1, 2, -3, 4].map((item) => batcher.add(item)));

    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
      ...[2, 4],
      ...['negative', 8],
    ]);
    expect(writes).toEqual([[1], [2, -3, 4], [2], [-3], [4]]);
  });

  it('is not tried one by one where each would meet the same', async () => {
    const { batcher, writes } = newBatcher(10);

    const settled = await Promise.allSettled([1, 2, 0, 4].map((item) => batcher.add(item)));

    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(writes).toEqual([[1], [2, 0, 4]]);
  });
});
