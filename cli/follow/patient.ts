import { setTimeout as delay } from 'node:timers/promises';
import { Refusal, Unreachable } from '../v1/client';

export const AGAIN_MS = 1_000;
/** Longer nobody waits for an API that does not come back. */
export const MAX_MISSED = 120;
const TOO_MANY = 429;

/** Whether the same may be asked again: there is no answer, or the server has too much to do, or begins or ends. */
export function mayPass(error: unknown): boolean {
  if (error instanceof Refusal) return error.status === TOO_MANY || error.status >= 500;
  return error instanceof Unreachable;
}

/** Asks until there is an answer. @throws Unreachable when there is none for two minutes; Refusal; nothing is asked after the signal */
export async function patiently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let missed = 1; ; missed += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!mayPass(error) || missed >= MAX_MISSED || signal?.aborted) throw error;
    }
    await delay(AGAIN_MS, undefined, signal ? { signal } : {});
  }
}
