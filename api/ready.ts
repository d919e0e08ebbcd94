import { setTimeout as delay } from 'node:timers/promises';

/** Answers whether something can be reached; a failure is a no. */
export type Check = () => Promise<boolean>;

/** Before a probe gives us up. */
const DEADLINE_MS = 1_500;

/** What is asked for, or something else when it does not come before a probe gives us up. */
export async function inTime<T>(asked: Promise<T>, otherwise: T, deadlineMs = DEADLINE_MS): Promise<T> {
  const timer = new AbortController();
  const late = delay(deadlineMs, otherwise, { signal: timer.signal }).catch(() => otherwise);
  return Promise.race([asked, late]).finally(() => timer.abort());
}

/**
 * Asks for everything that requests need, at once. Who does not answer in time is not there; one that hangs is asked once
 * at a time, so that probes do not pile up behind it.
 *
 * @example const look = readiness({ postgres: () => isDatabaseUp(db) }); await look() // { postgres: true }
 */
export function readiness(checks: Record<string, Check>, deadlineMs = DEADLINE_MS) {
  const underWay = new Map<string, Promise<boolean>>();
  const ask = (name: string, check: Check) => {
    const before = underWay.get(name);
    if (before) return before;
    const asked = check()
      .catch(() => false)
      .finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return asked;
  };
  return async function look(): Promise<Record<string, boolean>> {
    const answers = Object.entries(checks).map(async ([name, check]) => {
      return [name, await inTime(ask(name, check), false, deadlineMs)] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  };
}
