import { Lanes } from '../../temporal/lanes';

describe('lanes', () => {
  it('let so many work at a time for each key, in the order in which they came', async () => {
    const lanes = new Lanes(2);
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const run = (key: number, name: string) =>
      lanes.run(key, () => {
        begun.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      });
    const end = async (name: string) => {
      ends.get(name)!();
      await new Promise(setImmediate);
    };

    const all = [run(1, 'a'), run(1, 'b'), run(1, 'c'), run(1, 'd'), run(2, 'x')];
    expect(begun).toEqual(['a', 'b', 'x']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'x', 'c']);
    await end('a');
    for (const name of ['c', 'd', 'x']) await end(name);

    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'x']);
  });

  it('go on after one that failed', async () => {
    const lanes = new Lanes(1);
    const failed = lanes.run(1, () => Promise.reject(new Error('broken')));
    const next = lanes.run(1, async () => 'done');

    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });
});
