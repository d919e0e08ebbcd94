import { GantryError } from '../../../base/error';
import type { ProvidedRow } from '../../../db/provided-hosts';
import { transact } from '../../../db/transaction';
import { dropProvided, placeOfProject } from '../../../inventory/hosts/provided';
import type { ProvidedHost } from '../../../plugins/rollouts';
import type { StepWork } from './work';

/** A host that is to go, with what the inventory says of it. */
export interface ReturnedHost {
  host: ProvidedHost;
  row: ProvidedRow;
}

/** A host that has no machine of a provider's: one that never got any goes, others are somebody's. */
export async function returnWithout(step: StepWork, host: ProvidedHost, row: ProvidedRow): Promise<void> {
  if (row.address !== null) return step.fail([host], `no vm id for this node:${row.id}`);
  await drop(step, [{ host, row }], () => 'it never got a machine');
}

/** Takes hosts out of the inventory whose machines are gone. */
export async function drop(
  step: StepWork,
  hosts: readonly ReturnedHost[],
  words: (one: ReturnedHost) => string,
): Promise<void> {
  if (hosts.length === 0) return;
  const actor = await step.actor();
  const { projectId, flowId } = step.work;
  for (const one of hosts) {
    try {
      await transact(step.means.db, async (tx) => {
        const place = await placeOfProject(tx, projectId);
        await dropProvided(tx, place, { hostIds: [one.row.id], flowId }, actor);
      });
      await step.ok(one.host, words(one));
    } catch (error) {
      if (!(error instanceof GantryError)) throw error;
      await step.fail([one.host], `${words(one)}, but ${error.message}`);
    }
  }
}
