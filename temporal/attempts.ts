import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isInBetween, isOutOfTime } from './errors';

export interface Attempts {
  attemptMs: number;
  /** Of all attempts together. */
  callMs: number;
  /** Whether after such an error the call is made again. */
  mayPass(error: unknown): boolean;
}

/**
 * Of some hundred questions to a schedule that was just changed one hangs in the server until its deadline (1.29.1, seen on a
 * busy machine), and asked anew is answered at once.
 */
const USUAL: Attempts = {
  attemptMs: 1_500,
  callMs: 5_000,
  mayPass: (error) => isOutOfTime(error) || isInBetween(error),
};
const BETWEEN_ATTEMPTS_MS = 50;

/**
 * Makes a call that may be repeated, and repeats it when it hangs or comes at a moment at which nobody can take it. What
 * else may pass is repeated by the SDK.
 *
 * @param call harmless when it is done twice: of an attempt without an answer nobody knows whether it was done
 * @throws what the last attempt threw
 */
export async function callInAttempts<T>(
  client: Client,
  call: () => Promise<T>,
  { attemptMs, callMs, mayPass } = USUAL,
): Promise<T> {
  const endsAt = Date.now() + callMs;
  for (;;) {
    try {
      return await client.withDeadline(Math.min(Date.now() + attemptMs, endsAt), call);
    } catch (error) {
      const isOver = Date.now() + BETWEEN_ATTEMPTS_MS >= endsAt;
      if (isOver || !mayPass(error)) throw error;
      await delay(BETWEEN_ATTEMPTS_MS);
    }
  }
}

const TIMES_ASKED = 5;

/**
 * Asks again as long as the answer may soon be another one, five times at most and each time a little later: between two runs
 * of a long task, and while it is starting, there is no workflow for a moment.
 *
 * @param ask harmless when it is done twice
 * @param mayChange whether an answer may soon be another one
 * @returns the last answer
 */
export async function askRepeatedly<T>(
  ask: () => Promise<T>,
  mayChange: (answer: T) => boolean | Promise<boolean>,
): Promise<T> {
  for (let asked = 1; ; asked++) {
    const answer = await ask();
    if (asked === TIMES_ASKED || !(await mayChange(answer))) return answer;
    await delay(BETWEEN_ATTEMPTS_MS * asked);
  }
}
