/** `YYYY-MM-DD HH:MM:SS` on the wall clock of a zone. */
export function wallClock(at: Date, offsetMinutes: number): string {
  return new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD HH:MM:SS +ZZZZ` (spec, conventions). */
export function wallClockWithOffset(at: Date, offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const digits = String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return `${wallClock(at, offsetMinutes)} ${offsetMinutes < 0 ? '-' : '+'}${digits}`;
}
