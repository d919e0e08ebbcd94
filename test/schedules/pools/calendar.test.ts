import fc from 'fast-check';
import { type CronItem, dueItems, lastDue } from '../../../schedules/pools/calendar';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const [FROM, UNTIL] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2027-01-01T00:00:00Z')];

/** Every minute of a year at which the clock of a zone shows a time: the day of the week, from 1, by the time and the date. */
interface Shown {
  at: number;
  date: string;
  weekDay: number;
}

/** What a clock shows in a zone, minute by minute, by the time of day. */
function clockOf(zone: string): Map<string, Shown[]> {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  } as const);
  const shown = new Map<string, Shown[]>();
  // Clocks are the same for a quarter of an hour, but for the minutes.
  for (let quarter = FROM - DAY_MS; quarter <= UNTIL; quarter += 15 * MINUTE_MS) {
    const part = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, value]));
    const weekDay = DAYS.indexOf(part.weekday!) + 1;
    for (let minute = 0; minute < 15; minute += 1) {
      const time = `${part.hour}:${String(Number(part.minute) + minute).padStart(2, '0')}`;
      const at = { at: quarter + minute * MINUTE_MS, date: `${part.year}-${part.month}-${part.day}`, weekDay };
      const all = shown.get(time);
      if (all) all.push(at);
      else shown.set(time, [at]);
    }
  }
  return shown;
}

/** The same by looking at the clock all year: of a day the first time counts. */
function naive(clock: Map<string, Shown[]>, items: readonly CronItem[]): { at: number; id: number }[] {
  const due = items
    .filter((item) => !item.is_ignored)
    .flatMap(({ id, time, week_day }) => {
      const dates = new Set<string>();
      return (clock.get(time.slice(0, 5)) ?? []).flatMap(({ at, date, weekDay }) => {
        const isFirst = !dates.has(date);
        dates.add(date);
        return isFirst && at > FROM && at <= UNTIL && (week_day === 0 || week_day === weekDay) ? [{ at, id }] : [];
      });
    });
  return due.sort((one, other) => one.at - other.at || one.id - other.id);
}

const two = (number: number) => String(number).padStart(2, '0');
// Many of them in the hours in which clocks are changed.
const hour = fc.oneof(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 3 }));
const anItem = fc.record({
  hour,
  minute: fc.integer({ min: 0, max: 59 }),
  seconds: fc.constantFrom('', ':00', ':59'),
  week_day: fc.integer({ min: 0, max: 7 }),
  is_ignored: fc.constantFrom(false, false, false, true),
});
const someItems = fc.array(anItem, { minLength: 1, maxLength: 5 }).map((items): CronItem[] =>
  items.map(({ hour, minute, seconds, ...item }, id) => ({
    id,
    time: `${two(hour)}:${two(minute)}${seconds}`,
    ...item,
  })),
);

describe.each(ZONES)('a year of cron items in %s', (zone) => {
  const clock = clockOf(zone);

  it('is what somebody sees who looks at the clock all year', () => {
    fc.assert(
      fc.property(someItems, (items) => {
        const due = dueItems(items, zone, FROM, UNTIL).map(({ at, item }) => ({ at, id: item.id }));

        expect(due).toEqual(naive(clock, items));
      }),
      { numRuns: 40 },
    );
  });

  it('has a last one before any instant that is the last one of the year so far', () => {
    const now = fc.integer({ min: FROM + 15 * DAY_MS, max: UNTIL });
    fc.assert(
      fc.property(someItems, now, (items, now) => {
        const last = lastDue(items, zone, now);
        const seen = naive(clock, items).filter(({ at }) => at <= now);

        expect(last && { at: last.at, id: last.item.id }).toEqual(seen.at(-1));
      }),
      { numRuns: 40 },
    );
  });
});

it('nothing is due of what is ignored, and nothing was due last', () => {
  const items = [{ id: 1, time: '08:00', week_day: 0, is_ignored: true }];

  expect(dueItems(items, 'UTC', FROM, UNTIL)).toEqual([]);
  expect(lastDue(items, 'UTC', UNTIL)).toBeUndefined();
});
