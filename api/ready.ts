import { setTimeout as delay } from 'node:timers/promises';

/** Answers whether something can be reached; a failure is a no. */
export type Check = () => Promise<boolean>;

/** Before a probe gives us up. */
const DEADLINE_MS = 1_500;

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
    const timer = new AbortController();
    const late = delay(deadlineMs, false, { signal: timer.signal }).catch(() => false);
    const answers = Object.entries(checks).map(async ([name, check]) => {
      return [name, await Promise.race([ask(name, check), late])] as const;
    });
    try {
      return Object.fromEntries(await Promise.all(answers));
    } finally {
      timer.abort();
    }
  };
}
