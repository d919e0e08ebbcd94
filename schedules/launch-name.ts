import { wallClock } from '../base/time';
import { offsetReader } from '../base/zone';

const MAX_NAME_LENGTH = 113;

/** `<name>_<YYYYmmddHHMMSS>`, on the clock of a zone (bk-sops §9.2). */
export function stampedName(name: string, at: Date, timeZone: string): string {
  const stamp = wallClock(at, offsetReader(timeZone)(at.getTime())).replace(/\D/g, '');
  return `${name.slice(0, MAX_NAME_LENGTH)}_${stamp}`;
}
