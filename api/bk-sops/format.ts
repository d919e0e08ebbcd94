import { GantryError } from '../../base/error';
import { wallClockWithOffset } from '../../base/time';
import { offsetReader } from '../../base/zone';
import type { ProjectRecord } from '../../db/access';

/** Formats a time as `YYYY-MM-DD HH:MM:SS +ZZZZ`; null stays null. */
export type TimeFormatter = (at: Date | null) => string | null;

/** Formats times on the clock of a project. */
export function timeFormatter({ time_zone }: Pick<ProjectRecord, 'time_zone'>): TimeFormatter {
  const offsetAt = offsetReader(time_zone);
  return (at) => (at === null ? null : wallClockWithOffset(at, offsetAt(at.getTime())));
}

/**
 * Formats times on the clock that a client expects, or on the project's (bk-sops §7.1).
 *
 * @throws GantryError `validation` when there is no such zone
 */
export function timeFormatterIn(
  project: Pick<ProjectRecord, 'time_zone'>,
  expectedTimezone: string | undefined,
): TimeFormatter {
  if (expectedTimezone === undefined) return timeFormatter(project);
  try {
    return timeFormatter({ time_zone: expectedTimezone });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new GantryError('validation', `expected_timezone ${expectedTimezone} is unknown.`, { cause });
  }
}

/** Whole seconds between start and end, until now while there is no end; 0 before the start. */
export function elapsedSeconds(start: Date | null, end: Date | null): number {
  if (start === null) return 0;
  return Math.max(0, Math.round(((end ?? new Date()).getTime() - start.getTime()) / 1000));
}
