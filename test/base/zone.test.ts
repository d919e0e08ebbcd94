import { namedZones, zoneOffsets } from '../../base/zone';

const MARCH = Date.UTC(2024, 2, 5);

describe('the offsets of a time zone', () => {
  it('change at the instants at which clocks are changed', () => {
    expect(zoneOffsets('Europe/Berlin', MARCH).slice(1, 3)).toEqual([
      [Date.UTC(2024, 2, 31, 1), 120],
      [Date.UTC(2024, 9, 27, 1), 60],
    ]);
  });

  it('are recorded by name, without the zones that do not exist', () => {
    const zones = namedZones(['Asia/Tokyo', 'Mars/Phobos'], MARCH);

    expect(Object.keys(zones)).toEqual(['Asia/Tokyo']);
    expect(zones['Asia/Tokyo']?.map(([, minutes]) => minutes)).toEqual([540]);
  });
});
