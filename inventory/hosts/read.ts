import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import {
  findHosts,
  listPlaces,
  listProcessesOnHosts,
  listTags,
  listVariables,
  type PlacedModule,
  sizesOfVariables,
} from '../../db/host-details';
import { listFacts, type SeenFacts } from '../../db/host-facts';
import { countTrustedKeys } from '../../db/host-keys';
import type { HostRecord } from '../../db/hosts';
import { missingFrom } from '../ids';
import type { InventoryPlace } from '../place';
import type { Condition } from '../search/condition';
import { searchIdsAfter } from '../search/search';
import { hostSource } from './search';

/** How many of its modules and processes are told with a host. */
const MAX_TOLD = 100;
/** Of the values of all variables on a page; a host alone may have more. */
const MAX_PAGE_BYTES = 4_000_000;

/** A host, and everything that is known of it. */
export interface HostDetails extends HostRecord {
  tags: string[];
  variables: Record<string, string>;
  /** The modules that it is in. */
  moduleCount: number;
  /** The first of them. */
  modules: PlacedModule[];
  /** The processes that are bound to its modules. */
  processCount: number;
  /** The first of them. */
  processes: { id: number; name: string }[];
  /** By how many keys it is known. */
  keyCount: number;
  /** What it has said of itself; null where nothing is known. */
  facts: SeenFacts | null;
}

export interface HostPage {
  hosts: HostDetails[];
  /** What the next page is after; null where this is the last one. */
  next: number | null;
}

type Place = Pick<InventoryPlace, 'projectId'>;

/**
 * The hosts of a project that fulfil a condition, after an id. A page with large variables has fewer hosts than it may have.
 *
 * @param condition whoever reads it has seen to it that it is bounded
 * @throws GantryError as `searchIdsAfter`
 */
export async function listHostsAfter(
  db: DbOrTransaction,
  { account, projectId }: InventoryPlace,
  { condition, after, limit }: { condition: Condition; after: number; limit: number },
): Promise<HostPage> {
  const source = hostSource(account, { projectIds: [projectId] }, condition);
  const found = await searchIdsAfter(db, source, { condition, after, limit: limit + 1 });
  const ids = fitting(found.slice(0, limit), await sizesOfVariables(db, found));
  const hosts = await detailsOf(db, await findHosts(db, projectId, ids));
  return { hosts, next: ids.length < found.length ? ids.at(-1)! : null };
}

/** @throws GantryError `not_found` for a host that is not in the project */
export async function readHost(db: DbOrTransaction, { projectId }: Place, id: number): Promise<HostDetails> {
  const [host] = await detailsOf(db, await findHosts(db, projectId, [id]));
  if (host) return host;
  throw noSuchHost(id);
}

/** @throws GantryError `not_found` naming the first host that is not in the project */
export async function requireHosts(db: DbOrTransaction, { projectId }: Place, ids: readonly number[]): Promise<void> {
  const missing = missingFrom(ids, await findHosts(db, projectId, ids));
  if (missing !== undefined) throw noSuchHost(missing);
}

export function noSuchHost(id: number): GantryError {
  return new GantryError('not_found', `host ${id} does not exist in this project`, {
    reason: { code: 'not_found', args: { what: 'host', id } },
  });
}

/** What there is of hosts beside their rows, in as many statements as for one. */
async function detailsOf(db: DbOrTransaction, hosts: readonly HostRecord[]): Promise<HostDetails[]> {
  if (hosts.length === 0) return [];
  const ids = hosts.map(({ id }) => id);
  const [tags, variables, places, processes, keys, facts] = await Promise.all([
    listTags(db, ids),
    listVariables(db, ids),
    listPlaces(db, ids, MAX_TOLD),
    listProcessesOnHosts(db, ids, MAX_TOLD),
    countTrustedKeys(db, ids),
    listFacts(db, ids),
  ]);
  return hosts.map((host) => {
    const { count: moduleCount, first: modules } = places.get(host.id) ?? NONE;
    const { count: processCount, first: running } = processes.get(host.id) ?? NONE;
    return {
      ...host,
      tags: tags.get(host.id) ?? [],
      variables: variables.get(host.id) ?? {},
      moduleCount,
      modules,
      processCount,
      processes: running,
      keyCount: keys.get(host.id) ?? 0,
      facts: facts.get(host.id) ?? null,
    };
  });
}

const NONE = { count: 0, first: [] };

/** As many as the page has room for, at least one. */
function fitting(ids: readonly number[], sizes: ReadonlyMap<number, number>): number[] {
  let bytes = 0;
  return ids.filter((id, index) => {
    bytes += sizes.get(id) ?? 0;
    return index === 0 || bytes <= MAX_PAGE_BYTES;
  });
}
