import type { ProjectRecord } from '../../db/access';
import { wallClockWithOffset } from '../../tasks/time';
import { zoneOffsets } from '../../tasks/zone';

/** Formats times of a project as `YYYY-MM-DD HH:MM:SS +ZZZZ`; null stays null. */
export function timeFormatter({ time_zone }: ProjectRecord): (at: Date | null) => string | null {
  return (at) => {
    if (at === null) return null;
    // The first offset holds from the day before on, which is as old as the time itself.
    const offset = zoneOffsets(time_zone, at.getTime())
      .filter(([from]) => from <= at.getTime())
      .at(-1)?.[1];
    return wallClockWithOffset(at, offset ?? 0);
  };
}

/** Whole seconds between start and end, until now while there is no end; 0 before the start. */
export function elapsedSeconds(start: Date | null, end: Date | null): number {
  if (start === null) return 0;
  return Math.max(0, Math.round(((end ?? new Date()).getTime() - start.getTime()) / 1000));
}
