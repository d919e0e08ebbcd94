import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import { instantsOf } from './due';

const FORMAT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s?(Z|[+-]\d{2}:?\d{2})?$/;

/** A field of a clocked task that is not acceptable (bk-sops §7.6). */
export function invalidParams(field: string, problem: string): GantryError {
  return new GantryError('validation', `params is invalid, error: ${stringifyJson({ [field]: [problem] })}`, {
    details: [{ field, message: problem }],
  });
}

/**
 * Reads `2022-05-16 20:26:40+0800`, or ISO 8601; without an offset on the clock of a zone, of two the earlier.
 *
 * @throws GantryError `validation`
 */
export function readPlanStartTime(text: string, timeZone: string): Date {
  const wrong = (problem: string) => invalidParams('plan_start_time', problem);
  const [, day, time, offset] = FORMAT.exec(text.trim()) ?? [];
  const wall = Date.parse(`${day}T${time}Z`);
  // Date.parse takes the 31st of April for the 1st of May.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day) {
    throw wrong(`Datetime has wrong format: ${text}. Use YYYY-MM-DD hh:mm:ss+HHMM`);
  }
  if (offset === undefined) {
    const [at] = instantsOf(wall, timeZone);
    if (at === undefined) throw wrong(`${text} does not exist in ${timeZone}`);
    return new Date(at);
  }
  const at = Date.parse(`${day}T${time}${offset.replace(/(\d{2}):?(\d{2})$/, '$1:$2')}`);
  if (Number.isNaN(at)) throw wrong(`${offset} is no offset from UTC`);
  return new Date(at);
}
