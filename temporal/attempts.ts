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
