import fc from 'fast-check';
import { type CRON_FIELDS, type CronTimes, normaliseCron, parseCron } from '../../schedules/cron';
import { dueInstants, isDue } from '../../schedules/due';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

type Given = Parameters<typeof normaliseCron>[0];
const parse = (given: Given) => parseCron(normaliseCron(given));
const dueIn = (given: Given, zone: string, after: string, until: string) =>
  [...dueInstants(parse(given), zone, Date.parse(after), Date.parse(until))].map((at) => clockIn(zone, at));

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in a zone shows, as people read it. */
function clockIn(zone: string, at: number): string {
  const known =
    formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  formats.set(zone, known);
  return known.format(at);
}

/** Walks every minute that there is, and looks at the clock. */
function walk(times: CronTimes, zone: string, after: number, until: number): number[] {
  const seen = new Set<string>();
  const due: number[] = [];
  for (let at = Math.floor(after / MINUTE_MS) * MINUTE_MS - 1.5 * DAY_MS; at <= until; at += MINUTE_MS) {
    const clock = clockIn(zone, at);
    const [year, month, day, hour, minute] = clock.split(/\D/).map(Number) as [number, number, number, number, number];
    const matches =
      times.month.includes(month) &&
      times.dayOfMonth.includes(day) &&
      times.dayOfWeek.includes(new Date(Date.UTC(year, month - 1, day)).getUTCDay()) &&
      times.hour.includes(hour) &&
      times.minute.includes(minute);
    if (at > after && matches && !(times.hasFixedHour && seen.has(clock))) due.push(at);
    seen.add(clock);
  }
  return due;
}

describe('the instants at which a cron is due', () => {
  it.each([
    ['Europe/Berlin', '2027-10-31T00:30Z', ['2027-10-31 02:30'], '30', '2'],
    ['America/New_York', '2027-11-07T05:30Z', ['2027-11-07 01:30'], '30', '1'],
    ['Australia/Lord_Howe', '2027-04-03T14:45Z', ['2027-04-04 01:45'], '45', '1'],
    ['America/Santiago', '2027-04-04T02:30Z', ['2027-04-03 23:30'], '30', '23'],
    ['Africa/Casablanca', '2027-02-07T01:30Z', ['2027-02-07 02:30'], '30', '2'],
    ['Africa/Cairo', '2027-10-28T20:30Z', ['2027-10-28 23:30'], '30', '23'],
    ['Asia/Tehran', '2021-09-21T19:00Z', ['2021-09-21 23:30'], '30', '23'],
    ['Antarctica/Troll', '2027-10-30T23:30Z', ['2027-10-31 01:30'], '30', '1'],
  ])('with a fixed hour in %s is the first of two copies', (zone, first, clocks, minute, hour) => {
    const around = [Date.parse(first) - 4 * 3600_000, Date.parse(first) + 4 * 3600_000] as const;
    const due = [...dueInstants(parse({ minute, hour }), zone, ...around)];

    expect(due).toEqual([Date.parse(first)]);
    expect(due.map((at) => clockIn(zone, at))).toEqual(clocks);
  });

  it('are all real times where the hour is * or has a step', () => {
    expect(dueIn({ minute: '*/20' }, 'Europe/Berlin', '2027-10-30T23:59Z', '2027-10-31T02:00Z')).toEqual([
      ...['2027-10-31 02:00', '2027-10-31 02:20', '2027-10-31 02:40'],
      ...['2027-10-31 02:00', '2027-10-31 02:20', '2027-10-31 02:40'],
      '2027-10-31 03:00',
    ]);
    expect(dueIn({ minute: '0', hour: '*/2' }, 'Europe/Berlin', '2027-10-30T21:59Z', '2027-10-31T03:00Z')).toEqual([
      ...['2027-10-31 00:00', '2027-10-31 02:00', '2027-10-31 02:00', '2027-10-31 04:00'],
    ]);
  });

  it('leave out what does not exist, and nothing else', () => {
    expect(dueIn({ minute: '30', hour: '2' }, 'America/New_York', '2027-03-13T00:00Z', '2027-03-16T00:00Z')).toEqual([
      ...['2027-03-13 02:30', '2027-03-15 02:30'],
    ]);
    expect(dueIn({ minute: '*/20' }, 'America/New_York', '2027-03-14T06:30Z', '2027-03-14T07:20Z')).toEqual([
      ...['2027-03-14 01:40', '2027-03-14 03:00', '2027-03-14 03:20'],
    ]);
    expect(dueIn({ minute: '0', hour: '0' }, 'America/Santiago', '2027-09-04T00:00Z', '2027-09-07T00:00Z')).toEqual([
      ...['2027-09-04 00:00', '2027-09-06 00:00'],
    ]);
    expect(dueIn({ minute: '0', hour: '9' }, 'Pacific/Apia', '2011-12-29T00:00Z', '2012-01-01T00:00Z')).toEqual([
      ...['2011-12-29 09:00', '2011-12-31 09:00', '2012-01-01 09:00'],
    ]);
  });

  it('are the same in UTC every day', () => {
    expect(dueIn({ minute: '30', hour: '2' }, 'UTC', '2027-03-27T02:30Z', '2027-03-29T02:30Z')).toEqual([
      ...['2027-03-28 02:30', '2027-03-29 02:30'],
    ]);
  });

  it('are found decades away', () => {
    const times = parse({ minute: '0', hour: '4', day_of_week: '1', day_of_month: '29', month_of_year: '2' });

    const [first] = dueInstants(
      times,
      'Europe/Berlin',
      Date.parse('2026-11-27T00:00Z'),
      Date.parse('2101-01-01T00:00Z'),
    );

    expect(clockIn('Europe/Berlin', first!)).toBe('2044-02-29 04:00');
  });

  it('are those that a walk over every minute finds, in any zone', () => {
    const zone = fc.constantFrom(
      ...['Europe/Berlin', 'Europe/London', 'America/New_York', 'America/Santiago', 'America/Havana', 'Asia/Tehran'],
      ...['Australia/Lord_Howe', 'Africa/Casablanca', 'Africa/Cairo', 'Antarctica/Troll', 'Asia/Gaza', 'Asia/Kolkata'],
      ...['Pacific/Apia', 'Pacific/Chatham', 'America/St_Johns', 'America/Caracas', 'Asia/Pyongyang', 'UTC'],
    );
    const minute = fc.constantFrom('*', '*/7', '*/20', '0', '30', '59', '0,15,45', '50-10');
    const hour = fc.constantFrom('*', '*/2', '1-23/2', '0-23', '0', '1', '2', '3', '23', '22-2', '0-3', '1,2,20-23/3');
    const cron = fc.record({
      minute,
      hour,
      day_of_week: fc.constantFrom('*', '*', '*', 'sun', 'sat-mon', '7', '*/2'),
      day_of_month: fc.constantFrom('*', '*', '*', '1-7', '25-31', '*/2'),
      month_of_year: fc.constantFrom('*', '*', '*', '3-11', 'sep-nov'),
    });
    const around = fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2036, 0) });
    const run = (given: Record<(typeof CRON_FIELDS)[number], string>, name: string, at: number) => {
      const change = nearestChange(name, at);
      const [after, until] = [change - 5 * 3600_000 - 1, change + 30 * 3600_000];
      const times = parse(given);

      const due = [...dueInstants(times, name, after, until)];

      expect(due).toEqual(walk(times, name, after, until));
      for (const instant of due.slice(0, 5)) expect(isDue(times, name, instant)).toBe(true);
    };
    fc.assert(fc.property(cron, zone, around, run), { numRuns: 150 });
  });
});

/** A minute near which the clocks of a zone change, where they do within a year; else the one given. */
function nearestChange(zone: string, at: number): number {
  const hourOf = (day: number) => clockIn(zone, day).slice(11);
  const start = Math.floor(at / DAY_MS) * DAY_MS;
  for (let day = start; day < start + 366 * DAY_MS; day += DAY_MS) {
    if (
      hourOf(day) !== hourOf(day + DAY_MS) ||
      clockIn(zone, day).slice(8, 10) === clockIn(zone, day + DAY_MS).slice(8, 10)
    ) {
      return changeWithin(zone, day, day + DAY_MS);
    }
  }
  return start;
}

function changeWithin(zone: string, from: number, until: number): number {
  for (let at = from; at < until; at += MINUTE_MS) {
    if (Number(clockIn(zone, at + MINUTE_MS).slice(-2)) !== (Number(clockIn(zone, at).slice(-2)) + 1) % 60) return at;
    const [hour, next] = [clockIn(zone, at).slice(11, 13), clockIn(zone, at + MINUTE_MS).slice(11, 13)];
    const isTurn = clockIn(zone, at).endsWith(':59');
    if (isTurn && (Number(hour) + 1) % 24 !== Number(next)) return at;
  }
  return from;
}
