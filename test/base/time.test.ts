import fc from 'fast-check';
import { wallClock, wallClockWithOffset } from '../../base/time';
import { offsetReader } from '../../base/zone';

/** As `Intl` has it, asked for every instant anew. */
function offsetByIntl(zone: string, instant: number): number {
  const wall = new Date(instant).toLocaleString('sv-SE', { timeZone: zone });
  return Math.round((Date.parse(`${wall.replace(' ', 'T')}Z`) - Math.floor(instant / 1000) * 1000) / 60_000);
}

const instants = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2060, 0, 1) });

describe('a wall clock', () => {
  it('shows any instant, whatever was shown before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(instants, fc.integer({ min: -720, max: 840 })), { minLength: 2 }), (shown) => {
        for (const [at, minutes] of shown) {
          const expected = new Date(at + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
          expect(wallClock(new Date(at), minutes)).toBe(expected);
        }
      }),
    );
    expect(wallClockWithOffset(new Date(0), 330)).toBe('1970-01-01 05:30:00 +0530');
    expect(wallClockWithOffset(new Date(0), -90)).toBe('1969-12-31 22:30:00 -0130');
    expect(wallClockWithOffset(new Date(0), 0)).toBe('1970-01-01 00:00:00 +0000');
  });

  it('has no offset of less than nothing', () => {
    expect(offsetReader('Africa/Casablanca')(1_445_738_400_001)).toBe(0);
    expect(offsetReader('UTC')(1)).toBe(0);
  });

  it.each(['UTC', 'Europe/Berlin', 'Asia/Shanghai', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca'])(
    'knows the offset of %s at any instant, also on the days of its changes',
    (zone) => {
      const offsetAt = offsetReader(zone);
      fc.assert(fc.property(instants, (at) => expect(offsetAt(at)).toBe(offsetByIntl(zone, at))));
      for (let hour = 0; hour < 2 * 24; hour++) {
        for (const day of [Date.UTC(2024, 2, 30), Date.UTC(2024, 9, 26), Date.UTC(2024, 3, 6), Date.UTC(2024, 10, 2)]) {
          const at = day + hour * 3600_000 + 1;
          expect(offsetAt(at)).toBe(offsetByIntl(zone, at));
        }
      }
    },
  );
});
