import { spanOf } from '../../api/bk-sops/tasks/instants';

const span = (text: string, zone = 'UTC') => {
  const { start, end } = spanOf(text, zone) ?? {};
  return start && end ? [start.toISOString(), end.toISOString()] : undefined;
};

describe('a time in a query', () => {
  it.each([
    ['2026-03-01', 'UTC', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    ['2026-03-01', 'Asia/Shanghai', '2026-02-28T16:00:00.000Z', '2026-03-01T16:00:00.000Z'],
    // The clocks of Berlin go forward in that night: the day has 23 hours.
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-03-01 10:00:00', 'Asia/Shanghai', '2026-03-01T02:00:00.000Z', '2026-03-01T02:00:01.000Z'],
    ['2026-03-01 10:00:00 +0530', 'Asia/Shanghai', '2026-03-01T04:30:00.000Z', '2026-03-01T04:30:01.000Z'],
    ['2026-03-01 10:00:00-0100', 'UTC', '2026-03-01T11:00:00.000Z', '2026-03-01T11:00:01.000Z'],
    // A plus sign that was not escaped in the query.
    ['2026-03-01 10:00:00  0800', 'UTC', '2026-03-01T02:00:00.000Z', '2026-03-01T02:00:01.000Z'],
    ['2026-03-01T10:00:00.123Z', 'Asia/Shanghai', '2026-03-01T10:00:00.000Z', '2026-03-01T10:00:01.000Z'],
    ['2026-03-01T10:00:00+08:00', 'UTC', '2026-03-01T02:00:00.000Z', '2026-03-01T02:00:01.000Z'],
  ])('%s in %s is from %s to %s', (text, zone, start, end) => {
    expect(span(text, zone)).toEqual([start, end]);
  });

  it.each(['', 'x', '2026-13-01', '2026-02-30', '2026-03-01 25:00:00', '2026-03-01 10:00', '26-03-01'])(
    '%j is none',
    (text) => {
      expect(span(text)).toBeUndefined();
    },
  );
});
