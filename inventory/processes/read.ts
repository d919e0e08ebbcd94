import type { Db } from '../../db/connection';
import { findHosts, type PlacedModule } from '../../db/host-details';
import type { HostRecord } from '../../db/hosts';
import { listBoundNames } from '../../db/process-bindings';
import { listModulesOfProcess } from '../../db/process-modules';
import { findProcesses, type ProcessRecord } from '../../db/processes';
import { hostSource } from '../hosts/search';
import type { BusinessPlace, InventoryPlace } from '../place';
import { type Condition, EVERYTHING } from '../search/condition';
import { search, searchIdsAfter } from '../search/search';
import { requireProcess } from './processes';
import { processSource } from './search';

/** How many of its modules and hosts are told with a process. */
const MAX_TOLD = 100;

/** The processes of a business after an id. @param name a part of their names */
export async function listProcessesAfter(
  db: Db,
  { businessId }: Pick<BusinessPlace, 'businessId'>,
  { name, after, limit }: { name?: string | undefined; after: number; limit: number },
): Promise<ProcessRecord[]> {
  const condition: Condition = name ? { field: 'name', operator: 'contains', value: name } : EVERYTHING;
  const ids = await searchIdsAfter(db, processSource(businessId), { condition, after, limit });
  return findProcesses(db, businessId, ids);
}

/** A process and where it is. */
export interface ProcessDetails {
  process: ProcessRecord;
  /** That it is bound to. */
  moduleNames: string[];
  /** The modules of these names. */
  moduleCount: number;
  /** The first of them. */
  modules: PlacedModule[];
  hostCount: number;
  /** The first of the hosts in these modules. */
  hosts: HostRecord[];
}

/** @throws GantryError `not_found` for a process that is not in the business */
export async function readProcess(db: Db, place: InventoryPlace, id: number): Promise<ProcessDetails> {
  const process = await requireProcess(db, place, id);
  const condition: Condition = { field: 'process_ids', operator: 'eq', value: id };
  const source = hostSource(place.account, { projectIds: [place.projectId] });
  const [moduleNames, modules, found] = await Promise.all([
    listBoundNames(db, { ...place, processId: id }),
    listModulesOfProcess(db, { ...place, processId: id }, MAX_TOLD),
    search(db, source, { condition, limit: MAX_TOLD, fields: ['id'] }),
  ]);
  const hosts = await findHosts(
    db,
    place.projectId,
    found.rows.map((row) => Number(row.id)),
  );
  return { process, moduleNames, moduleCount: modules.count, modules: modules.first, hostCount: found.count, hosts };
}
