import type { Outcome } from '../pipeline/machine';
import type { Installation } from '../temporal/names';

/** Activities of the names that the product's have, around which there is nothing: no record, no claim, no heartbeat. */
export const BARE_ACTIVITIES = { bench_noop: succeed, bench_quick: succeed };

/** Its queue and its workflows are its own. */
export function bareInstallation({ name }: Installation): Installation {
  return { name: `${name}-bare` };
}

async function succeed(): Promise<Outcome> {
  return { ok: true, outputs: {}, recorded: true };
}
