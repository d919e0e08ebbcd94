import fc from 'fast-check';
import { requireDistinctTimes, requireNoCircle } from '../../../schedules/pools/rules';

describe('times of a schedule', () => {
  const item = (week_day: number, time: string) => ({ week_day, time });

  it.each([[[item(2, '08:00'), item(3, '08:00'), item(2, '08:01')]], [[item(0, '08:00'), item(0, '09:00')]], [[]]])(
    'may be %j',
    (items) => {
      expect(() => requireDistinctTimes(items)).not.toThrow();
    },
  );

  it.each([
    [[item(2, '08:00'), item(2, '08:00')], '08:00'],
    [[item(2, '08:00'), item(0, '08:00')], '08:00'],
    [[item(0, '08:00'), item(7, '08:00:30')], '08:00:30'],
  ])('may not be %j', (items, time) => {
    expect(() => requireDistinctTimes(items)).toThrow(`Cron time ${time} is duplicate!`);
  });
});

describe('dependencies between pools', () => {
  it('are no circle, of one or of several', () => {
    const known = [
      { pool_id: 2, on: 3 },
      { pool_id: 3, on: 4 },
      { pool_id: 2, on: 4 },
    ];

    expect(() => requireNoCircle(known, 1, [2, 3])).not.toThrow();
    expect(() => requireNoCircle(known, 1, [1])).toThrow('1 -> 1');
    expect(() => requireNoCircle(known, 4, [2])).toThrow('4 -> 2');
  });

  it('are refused exactly when there is a way back', () => {
    const pool = fc.integer({ min: 1, max: 6 });
    const edges = fc.array(fc.record({ pool_id: pool, on: pool }), { maxLength: 12 });
    fc.assert(
      fc.property(edges, pool, fc.array(pool, { minLength: 1, maxLength: 3 }), (known, own, on) => {
        let reached = new Set(on);
        for (let round = 0; round < 6; round += 1) {
          reached = new Set([...reached, ...known.filter((one) => reached.has(one.pool_id)).map((one) => one.on)]);
        }
        let isRefused = false;
        try {
          requireNoCircle(known, own, on);
        } catch {
          isRefused = true;
        }
        expect(isRefused).toBe(reached.has(own));
      }),
    );
  });
});
