import type { Actor } from '../../base/actor';
import { keepCluster } from '../../db/clusters';
import type { Db, DbOrTransaction } from '../../db/connection';
import { hasPools } from '../../db/pools';
import { deleteService, insertService, lockService, type ServiceRecord, updateService } from '../../db/services';
import { transact } from '../../db/transaction';
import { auditChanges } from '../changes';
import { duplicateOf, type UniqueKeys } from '../duplicates';
import type { InventoryPlace } from '../place';
import { noSuch, requireUnused } from './refusals';
import { requireRoom } from './room';

const UNIQUE: UniqueKeys = {
  what: 'service',
  within: 'project',
  keys: { services_project_id_name_key: ['project_id', 'name'] },
};

type Place = Pick<InventoryPlace, 'projectId'>;

/** What is said of a service. */
export interface ServiceValues {
  name: string;
  description: string;
  service_type: string;
  docker_image: string;
  cluster_id: number;
}

/**
 * Makes a service of a cluster.
 *
 * @throws GantryError `invalid` for a name that another one has; `not_found` for the cluster
 */
export async function createService(db: Db, place: Place, given: ServiceValues, actor: Actor): Promise<ServiceRecord> {
  return transact(db, async (tx) => {
    await requireRoom(tx, place, 'services');
    await requireCluster(tx, place, given.cluster_id);
    const after = await insertService(tx, { ...given, project_id: place.projectId });
    await auditChanges(tx, place, actor, { what: 'service', action: 'create', changes: [{ after }] });
    return after;
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'create') ?? error;
  });
}

/** Changes what is said of a service. @throws GantryError `not_found` for it; as createService */
export async function changeService(
  db: Db,
  place: Place,
  { id, ...changes }: Partial<ServiceValues> & { id: number },
  actor: Actor,
): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockService(tx, place.projectId, id);
    if (!before) throw noSuch('service', id);
    if (changes.cluster_id !== undefined) await requireCluster(tx, place, changes.cluster_id);
    const after = await updateService(tx, id, changes);
    await auditChanges(tx, place, actor, { what: 'service', action: 'update', changes: [{ before, after }] });
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`; `wrong_state` for one that has pools */
export async function removeService(db: Db, place: Place, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockService(tx, place.projectId, id);
    if (!before) throw noSuch('service', id);
    requireUnused('service', before, (await hasPools(tx, id)) ? 'it has pools' : undefined);
    await deleteService(tx, id);
    await auditChanges(tx, place, actor, { what: 'service', action: 'delete', changes: [{ before }] });
  });
}

async function requireCluster(tx: DbOrTransaction, { projectId }: Place, id: number): Promise<void> {
  if (!(await keepCluster(tx, projectId, id))) throw noSuch('cluster', id);
}
