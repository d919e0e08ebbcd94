import { FairGate } from '../../../activities/hosts/fair-gate';

describe('the places of a worker for hosts', () => {
  const never = new AbortController().signal;

  it('are given as far as there are any, and the last tenth to projects that have hardly any', async () => {
    const gate = new FairGate(100);

    expect(await gate.enter(1, 1_000, never)).toBe(90);
    expect(gate.hasRoom(1)).toBe(false);
    expect(await gate.enter(2, 3, never)).toBe(2);
    expect(gate.hasRoom(2)).toBe(false);
    expect(gate.hasRoom(3)).toBe(true);
  });

  it.each([1, 2, 9])('of which there are %i are all for one project, when no other is there', async (count) => {
    const gate = new FairGate(count);

    expect(await gate.enter(1, 1_000, never)).toBe(count);
    expect(gate.hasRoom(2)).toBe(false);
  });

  it('are given, when one is free, to the project that has the fewest, in its order', async () => {
    const gate = new FairGate(4);
    await gate.enter(1, 4, never);
    const entered: string[] = [];
    const enter = async (project: number, name: string) => {
      await gate.enter(project, 1, never);
      entered.push(name);
    };
    const all = [enter(1, 'large a'), enter(1, 'large b'), enter(2, 'small a'), enter(2, 'small b'), enter(3, 'other')];
    for (let n = 0; n < 4; n++) gate.leave(1, 1);
    gate.leave(2, 1);
    await Promise.all(all);

    expect(entered).toEqual(['small a', 'other', 'large a', 'large b', 'small b']);
  });

  it('are no more than there are, whoever comes, goes and gives up', async () => {
    const gate = new FairGate(20);
    const inside = new Map<number, number>();
    let most = 0;
    let given = 0;
    const work = async (n: number) => {
      const project = n % 5;
      const giveUp = new AbortController();
      if (n % 7 === 0) setImmediate(() => giveUp.abort(new Error('no more')));
      const count = await gate.enter(project, 1 + (n % 3), giveUp.signal).catch(() => 0);
      inside.set(n, count);
      given += count > 0 ? 1 : 0;
      most = Math.max(
        most,
        [...inside.values()].reduce((sum, one) => sum + one, 0),
      );
      await new Promise((resolve) => setTimeout(resolve, n % 4));
      inside.delete(n);
      if (count > 0) gate.leave(project, count);
    };
    await Promise.all(Array.from({ length: 500 }, (_, n) => work(n)));

    expect(most).toBeLessThanOrEqual(20);
    expect(given).toBeGreaterThan(400);
    // All are free again.
    expect(await gate.enter(9, 100, never)).toBe(18);
  });
});
