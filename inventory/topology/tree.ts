import { type BusinessRecord, findProjectBusiness, KINDS } from '../../db/businesses';
import type { Db } from '../../db/connection';
import { countHostsByModule } from '../../db/module-hosts';
import { listModules } from '../../db/modules';
import { listSets } from '../../db/sets';
import { noSuchBusiness } from '../businesses/lock';
import type { BusinessPlace } from '../place';
import { type SetBranch, withModules } from './branches';

/** A business with its sets: that of its idle modules first, then the others by id. */
export interface BusinessTree {
  business: BusinessRecord;
  sets: SetBranch[];
  /** Hosts by the id of their module; modules without any are not there. */
  hostCounts: ReadonlyMap<number, number>;
}

/** @throws GantryError `not_found` */
export async function readTree(db: Db, { businessId, projectId }: BusinessPlace): Promise<BusinessTree> {
  const [business, sets, modules, hostCounts] = await Promise.all([
    findProjectBusiness(db, projectId),
    listSets(db, businessId),
    listModules(db, businessId),
    countHostsByModule(db, businessId),
  ]);
  if (!business) throw noSuchBusiness(businessId);
  return { business, sets: withModules(sets, modules), hostCounts };
}

/** The set of a business' idle modules. @throws GantryError `not_found` */
export async function readIdleSet(db: Db, { businessId }: BusinessPlace): Promise<SetBranch> {
  const sets = (await listSets(db, businessId)).filter(({ kind }) => kind === KINDS.idle);
  const setIds = sets.map(({ id }) => id);
  const modules = setIds.length > 0 ? await listModules(db, businessId, { setIds }) : [];
  const [idle] = withModules(sets, modules);
  if (!idle) throw noSuchBusiness(businessId);
  return idle;
}
