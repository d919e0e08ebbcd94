import { neededHosts } from '../../../schedules/pools/needs';

const need = (pool_id: number, on: number, ratio: number, spare = 0) => ({
  ...{ pool_id, on, ratio, spare, step_name: '' },
});

describe('hosts that other pools are to have', () => {
  it('are rounded up, and some beside', () => {
    expect([...neededHosts([need(1, 2, 0.5, 1), need(9, 8, 1)], 1, 5)]).toEqual([[2, 4]]);
  });

  it('are not one more because of what ratios are in binary', () => {
    expect([...neededHosts([need(1, 2, 1.1)], 1, 10)]).toEqual([[2, 11]]);
  });

  it('come together where several need them, and go on to what these need', () => {
    const needs = [need(1, 2, 1), need(1, 3, 2), need(2, 4, 1), need(3, 4, 1), need(4, 5, 0.5)];

    expect(Object.fromEntries(neededHosts(needs, 1, 3))).toEqual({ 2: 3, 3: 6, 4: 9, 5: 5 });
  });

  it('are none where nothing is needed', () => {
    expect(neededHosts([need(2, 1, 1)], 1, 5).size).toBe(0);
  });
});
