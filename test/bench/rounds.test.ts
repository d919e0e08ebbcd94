import { setTimeout as delay } from 'node:timers/promises';
import { closedLoop } from '../../bench/closed-loop';
import { pairedRounds } from '../../bench/rounds';

describe('paired rounds', () => {
  it('measure everything once a round, every other round the other way round', async () => {
    const order: string[] = [];

    const values = await pairedRounds(['H', 'P', 'E'], 2, async (name) => order.push(name));

    expect(order).toEqual(['H', 'P', 'E', 'E', 'P', 'H']);
    expect(values).toEqual({ H: [1, 6], P: [2, 5], E: [3, 4] });
  });
});

describe('a closed loop', () => {
  it('runs everything once, and never more at a time than allowed', async () => {
    let running = 0;
    let most = 0;
    let ended = 0;
    async function run(): Promise<void> {
      running += 1;
      most = Math.max(most, running);
      await delay(1);
      running -= 1;
      ended += 1;
    }

    const { latenciesMs } = await closedLoop(new Array(10).fill(run), 3);

    expect({ most, ended, latencies: latenciesMs.length }).toEqual({ most: 3, ended: 10, latencies: 10 });
  });
});
