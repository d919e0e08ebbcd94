import { setTimeout as sleep } from 'node:timers/promises';
import type { LastRun } from '../../db/earlier-runs';

/** What an attempt that was given up had begun is ended within seconds, where its host answers. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 500;

/**
 * How hosts stand once what runs of earlier attempts has been ended on them; after a while as they stand then.
 *
 * @throws the reason of the signal
 */
export async function settledRuns(
  read: () => Promise<Map<number, LastRun>>,
  signal: AbortSignal,
): Promise<Map<number, LastRun>> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const runs = await read();
    const isOpen = [...runs.values()].some(({ status }) => status === 'starting' || status === 'running');
    if (!isOpen || Date.now() >= until) return runs;
    await sleep(LOOK_MS, undefined, { signal });
  }
}
