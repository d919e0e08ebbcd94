import type { Actor } from '../../base/actor';
import type { Db, DbOrTransaction } from '../../db/connection';
import { isDuplicate } from '../../db/errors';
import { listTags, listVariables } from '../../db/host-details';
import { removeTags, removeVariables } from '../../db/host-labels';
import { findHostsByKey, type HostKey, type HostRecord, lockHosts, updateHosts } from '../../db/hosts';
import { transact } from '../../db/transaction';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import type { InventoryPlace } from '../place';
import { requireOwnProfile } from '../ssh/profiles';
import { labelHost, taken } from './create';
import { type GivenHost, requireCloud, requireGood } from './given';
import { noSuchHost } from './read';
import { isThere, tracingTaken } from './taken';
import { moveHosts } from './transfer';

/** What is to change of a host; tags and variables replace those that it has. */
export interface HostChanges extends Partial<{ [K in keyof HostKey]: HostKey[K] | undefined }>, GivenHost {
  moduleIds?: readonly number[] | undefined;
}

/**
 * Changes a host of a project, all that is asked for or nothing.
 *
 * @throws GantryError `not_found` for the host, a module or a profile; `invalid` for what is wrong, and where another host
 *   has the address already
 */
export async function editHost(
  db: Db,
  place: InventoryPlace,
  { id, changes }: { id: number; changes: HostChanges },
  actor: Actor,
): Promise<void> {
  const tags = changes.tags && [...new Set(changes.tags)];
  requireGood({ ...changes, tags });
  await tracingTaken(db, place, actor, () =>
    transact(db, async (tx) => {
      await enterBusiness(tx, place);
      const [host] = await lockHosts(tx, place, [id]);
      if (!host) throw noSuchHost(id);
      const { moduleIds, ...said } = changes;
      if (Object.values(said).some((value) => value !== undefined)) {
        const before = await stateOf(tx, host);
        await requireFree(tx, place, host, said);
        await requireOwnProfile(tx, place.projectId, said.ssh_profile_id);
        const after = await stateOf(tx, await write(tx, host, { ...said, tags }));
        await auditChanges(tx, place, actor, { what: 'host', action: 'update', changes: [{ before, after }] });
      }
      if (moduleIds) {
        await moveHosts(tx, place, { hostIds: [id], moduleIds: [...new Set(moduleIds)], isIncrement: false }, actor);
      }
    }).catch((error: unknown) => {
      // Somebody else took the address at the same moment.
      throw isDuplicate(error) ? isThere('the address is not available') : error;
    }),
  );
}

async function stateOf(tx: DbOrTransaction, host: HostRecord) {
  const [tags, variables] = [await listTags(tx, [host.id]), await listVariables(tx, [host.id])];
  return { ...host, tags: tags.get(host.id) ?? [], variables: variables.get(host.id) ?? {} };
}

/** Whether a host may be found by what it is to be found by. */
async function requireFree(
  tx: DbOrTransaction,
  place: InventoryPlace,
  host: HostRecord,
  { address = host.address ?? undefined, cloud_id = host.cloud_id }: HostChanges,
): Promise<void> {
  if (cloud_id !== host.cloud_id) await requireCloud(tx, place.account, cloud_id);
  if (address === undefined) return;
  const key = { address, cloud_id };
  const [other] = await findHostsByKey(tx, place.account, [key]);
  if (other && other.id !== host.id) throw await taken(tx, place, key);
}

async function write(
  tx: DbOrTransaction,
  host: HostRecord,
  { name, address, cloud_id, is_disabled, ssh_profile_id, tags, variables }: HostChanges,
): Promise<HostRecord> {
  if (tags) await removeTags(tx, [host.id]);
  if (variables) await removeVariables(tx, [host.id]);
  await labelHost(tx, host.id, { tags, variables });
  const given = Object.entries({ name, address, cloud_id, is_disabled, ssh_profile_id });
  const [changed] = await updateHosts(
    tx,
    [host.id],
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  );
  return changed!;
}
