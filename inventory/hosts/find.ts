import { listBusinessesById } from '../../db/businesses';
import type { Db } from '../../db/connection';
import { listModulesWithHosts, type ModuleRecord } from '../../db/modules';
import type { Source } from '../../db/search/column';
import { narrowed } from '../../db/search/hosts';
import type { Row } from '../../db/search/query';
import { listSetsById, type SetRecord } from '../../db/sets';
import type { Business } from '../businesses/businesses';
import { businessSource } from '../businesses/search';
import type { BusinessPlace } from '../place';
import type { Condition } from '../search/condition';
import { type Search, search, searchIds } from '../search/search';
import { accountModuleSource, accountSetSource, moduleSource, setSource } from '../topology/search';
import { hostSource } from './search';

/** Hosts that are wanted by what they are, and by where they are. */
export interface HostQuery extends Pick<Search, 'start' | 'limit' | 'sort'> {
  host: Condition;
  /** Of their business. */
  business?: Condition;
  /** Of the set of one of their modules; of that module. */
  set?: Condition;
  module?: Condition;
}

/** A host and where it is. */
export interface PlacedHost {
  host: Row;
  /** Undefined in the resource pool. */
  business: Business | undefined;
  sets: SetRecord[];
  modules: ModuleRecord[];
}

/** Where hosts are looked for: in a business, or in all of an account and in its resource pool. */
export interface HostSpace {
  account: string;
  business?: BusinessPlace;
}

/**
 * A page of hosts with their business, sets and modules, and how many there are on all pages (cmdb §7).
 *
 * @throws GantryError as `search`
 */
export async function findHosts(
  db: Db,
  space: HostSpace,
  { host, business, set, module, ...page }: HostQuery,
): Promise<{ count: number; hosts: PlacedHost[] }> {
  const of = sourcesOf(space);
  const source = narrowed(of.hosts, {
    ...(business && { businessIds: await searchIds(db, of.businesses, business) }),
    ...(set && { setIds: await searchIds(db, of.sets, set) }),
    ...(module && { moduleIds: await searchIds(db, of.modules, module) }),
  });
  const { count, rows } = await search(db, source, { ...page, condition: host });
  return { count, hosts: await placed(db, rows) };
}

function sourcesOf({ account, business }: HostSpace): Record<'hosts' | 'businesses' | 'sets' | 'modules', Source> {
  if (!business) {
    return {
      hosts: hostSource(account, 'anywhere'),
      businesses: businessSource(account, 'all'),
      sets: accountSetSource(account),
      modules: accountModuleSource(account),
    };
  }
  const { projectId, businessId } = business;
  return {
    hosts: hostSource(account, { projectIds: [projectId] }),
    businesses: businessSource(account, [projectId]),
    sets: setSource(businessId),
    modules: moduleSource(businessId),
  };
}

async function placed(db: Db, hosts: readonly Row[]): Promise<PlacedHost[]> {
  const businessIds = hosts.map(({ business_id }) => business_id).filter((id) => id !== null);
  const [businesses, modules] = await Promise.all([
    listBusinessesById(db, [...new Set(businessIds as number[])]),
    listModulesWithHosts(
      db,
      hosts.map(({ id }) => Number(id)),
    ),
  ]);
  const setOf = new Map(
    (await listSetsById(db, [...new Set(modules.map(({ set_id }) => set_id))])).map((set) => [set.id, set]),
  );
  const businessOf = new Map(businesses.map((business) => [business.id, business]));
  const modulesOf = new Map<number, ModuleRecord[]>(hosts.map(({ id }) => [Number(id), []]));
  for (const { host_id, ...module } of modules) modulesOf.get(host_id)!.push(module);
  return hosts.map((host) => {
    const own = modulesOf.get(Number(host.id))!;
    const setIds = [...new Set(own.map(({ set_id }) => set_id))].sort((a, b) => a - b);
    return {
      host,
      business: businessOf.get(Number(host.business_id)),
      // One that was deleted meanwhile is left out.
      sets: setIds.map((id) => setOf.get(id)).filter((set) => set !== undefined),
      modules: own,
    };
  });
}
