import { stringifyJson } from '../../base/json';
import type { JsonObject } from '../json';
import type { Ambient } from '../language/template';
import type { Beginning } from './builtin';

/** Characters of an input that a message shows. */
const MAX_QUOTED = 200;

const SECONDS = /^\d+$/;
/** Far beyond any deploy, and safely within what a Temporal timer can hold. */
const LONGEST_WAIT_MS = 10 * 366 * 24 * 3600 * 1000;
const DATE = /^(\d{4})-(\d{2})-(\d{2}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/;

/**
 * `sleep_timer` (bk-sops §8.1). `bk_timing`: seconds from now, or `YYYY-MM-DD HH:MM:SS` in the task's time zone;
 * `force_check` (default true): a date in the past fails, otherwise it is over at once.
 */
export function waitUntil(inputs: JsonObject, ambient: Ambient): Beginning {
  const timing = String(inputs.bk_timing ?? '');
  if (SECONDS.test(timing)) return wait(ambient.now + Number(timing) * 1000, ambient);
  const wall = parseWallClock(timing);
  if (wall === undefined) {
    return failed(
      `bk_timing ${stringifyJson(timing.slice(0, MAX_QUOTED))} is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"`,
    );
  }
  const at = toInstant(wall, ambient);
  if (at > ambient.now) return wait(at, ambient);
  return inputs.force_check === false ? over() : failed(`bk_timing ${timing} is in the past`);
}

/** Milliseconds of the wall clock as if it were UTC; undefined when it is no date of the calendar. */
function parseWallClock(text: string): number | undefined {
  const parts = DATE.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(wall);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? wall : undefined;
}

/** The offset depends on the instant that is looked for: two rounds settle it, save in hours that do not exist. */
function toInstant(wall: number, ambient: Ambient): number {
  const guess = wall - ambient.offsetMinutes(wall) * 60_000;
  return wall - ambient.offsetMinutes(guess) * 60_000;
}

function wait(at: number, ambient: Ambient): Beginning {
  if (at - ambient.now > LONGEST_WAIT_MS) return failed('bk_timing is more than ten years away');
  return at <= ambient.now ? over() : { kind: 'timer', outputs: {}, at };
}

function over(): Beginning {
  return { kind: 'finished', outputs: {} };
}

function failed(reason: string): Beginning {
  return { kind: 'failed', outputs: {}, reason };
}
