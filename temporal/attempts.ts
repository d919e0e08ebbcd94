import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isInBetween, isOutOfTime } from './errors';

const CALL_TIMEOUT_MS = 5_000;
/**
 * Of some hundred questions to a schedule that was just changed one hangs in the server until its deadline (1.29.1, seen on a
 * busy machine), and asked anew is answered at once.
 */
const ATTEMPT_TIMEOUT_MS = 1_500;
const BETWEEN_ATTEMPTS_MS = 50;

/**
 * Makes a call that may be repeated, and repeats it when it hangs or comes at a moment at which nobody can take it. What
 * else may pass is repeated by the SDK.
 *
 * @param call harmless when it is done twice: of an attempt without an answer nobody knows whether it was done
 * @throws what the last attempt threw, after five seconds at most
 */
export async function callInAttempts<T>(client: Client, call: () => Promise<T>): Promise<T> {
  const endsAt = Date.now() + CALL_TIMEOUT_MS;
  for (;;) {
    try {
      return await client.withDeadline(Math.min(Date.now() + ATTEMPT_TIMEOUT_MS, endsAt), call);
    } catch (error) {
      const isOver = Date.now() + BETWEEN_ATTEMPTS_MS >= endsAt;
      if (isOver || !(isOutOfTime(error) || isInBetween(error))) throw error;
      await delay(BETWEEN_ATTEMPTS_MS);
    }
  }
}
