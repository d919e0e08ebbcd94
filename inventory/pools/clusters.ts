import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import { findBusinessNamed } from '../../db/businesses';
import { type ClusterRecord, deleteCluster, insertCluster, lockCluster, updateCluster } from '../../db/clusters';
import type { Db, DbOrTransaction } from '../../db/connection';
import { hasServices } from '../../db/services';
import { transact } from '../../db/transaction';
import { auditChanges } from '../changes';
import { duplicateOf, type UniqueKeys } from '../duplicates';
import type { InventoryPlace } from '../place';
import { noSuch, requireUnused } from './refusals';
import { requireRoom } from './room';

const UNIQUE: UniqueKeys = {
  what: 'cluster',
  within: 'project',
  keys: { clusters_project_id_name_key: ['project_id', 'name'] },
};

/** What is said of a cluster. */
export interface ClusterValues {
  name: string;
  description: string;
  /** A business, by its id or name, or any other text; empty: the project's business. */
  biz: string;
}

/**
 * Makes a cluster of a project.
 *
 * @throws GantryError `invalid` for a name that another one has; `refused` for another project's business
 */
export async function createCluster(
  db: Db,
  place: InventoryPlace,
  { biz, ...given }: ClusterValues,
  actor: Actor,
): Promise<ClusterRecord> {
  return transact(db, async (tx) => {
    await requireRoom(tx, place, 'clusters');
    const values = { ...given, biz: await businessOf(tx, place, biz), project_id: place.projectId };
    const after = await insertCluster(tx, values);
    await auditChanges(tx, place, actor, { what: 'cluster', action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'create') ?? error;
  });
}

/** Changes what is said of a cluster. @throws GantryError `not_found`; as createCluster */
export async function changeCluster(
  db: Db,
  place: InventoryPlace,
  { id, biz, ...given }: Partial<ClusterValues> & { id: number },
  actor: Actor,
): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockCluster(tx, place.projectId, id);
    if (!before) throw noSuch('cluster', id);
    const changes = { ...given, ...(biz === undefined ? {} : { biz: await businessOf(tx, place, biz) }) };
    const after = await updateCluster(tx, id, changes);
    await auditChanges(tx, place, actor, { what: 'cluster', action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`; `wrong_state` for one that has services */
export async function removeCluster(
  db: Db,
  place: Pick<InventoryPlace, 'projectId'>,
  id: number,
  actor: Actor,
): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockCluster(tx, place.projectId, id);
    if (!before) throw noSuch('cluster', id);
    requireUnused('cluster', before, (await hasServices(tx, id)) ? 'it has services' : undefined);
    await deleteCluster(tx, id);
    await auditChanges(tx, place, actor, { what: 'cluster', action: 'delete', changes: [{ before }] });
  });
}

/** The text that a cluster's business is kept as. */
async function businessOf(
  db: DbOrTransaction,
  { businessId, account }: InventoryPlace,
  given: string,
): Promise<string> {
  if (given === '') return String(businessId);
  const business = await findBusinessNamed(db, account, given);
  if (!business || business.id === businessId) return given;
  throw new GantryError('refused', `biz ${given} is another project's business: leave it empty for this project's`, {
    details: [{ field: 'biz', message: "it is another project's business" }],
  });
}
