import { setTimeout as delay } from 'node:timers/promises';

const AGAIN_MS = 250;

/** Repeats what fails while servers are away. */
export async function patiently<Value>(work: () => Promise<Value>, giveUpAt: number): Promise<Value> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await delay(AGAIN_MS);
    }
  }
}
