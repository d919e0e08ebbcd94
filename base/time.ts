/** `YYYY-MM-DD HH:MM:SS` on the wall clock of a zone. */
export function wallClock(at: Date, offsetMinutes: number): string {
  const local = at.getTime() + offsetMinutes * 60_000;
  const day = Math.floor(local / DAY_MS);
  const seconds = Math.floor((local - day * DAY_MS) / 1000);
  const time = `${TWO_DIGITS[Math.floor(seconds / 3600)]}:${TWO_DIGITS[Math.floor(seconds / 60) % 60]}:${TWO_DIGITS[seconds % 60]}`;
  return `${dateOf(day)} ${time}`;
}

const DAY_MS = 24 * 3600 * 1000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** Times of one task are mostly of one day, and thousands of them are written at a time. */
let lastDate = { day: 0, text: '1970-01-01' };

function dateOf(day: number): string {
  if (day !== lastDate.day) lastDate = { day, text: new Date(day * DAY_MS).toISOString().slice(0, -14) };
  return lastDate.text;
}

/** `YYYY-MM-DD HH:MM:SS +ZZZZ` (bk-sops §7.1). */
export function wallClockWithOffset(at: Date, offsetMinutes: number): string {
  if (offsetMinutes !== lastOffset.minutes) lastOffset = { minutes: offsetMinutes, text: offsetText(offsetMinutes) };
  return wallClock(at, offsetMinutes) + lastOffset.text;
}

let lastOffset = { minutes: 0, text: ' +0000' };

function offsetText(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const digits = String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return ` ${offsetMinutes < 0 ? '-' : '+'}${digits}`;
}
