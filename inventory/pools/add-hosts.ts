import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { DEFAULT_CLOUD } from '../../db/clouds';
import type { Db, DbOrTransaction } from '../../db/connection';
import { type HostRecord, insertHosts, lockHostsByKey } from '../../db/hosts';
import { addToModules } from '../../db/module-hosts';
import { addToPool, lockPoolsOf, markMade } from '../../db/pool-hosts';
import { lockPool, type PoolRecord } from '../../db/pools';
import { transact } from '../../db/transaction';
import { enterBusiness } from '../businesses/lock';
import { auditChanges } from '../changes';
import { requireFewHosts } from '../hosts/limits';
import { notAvailable, tracingTaken } from '../hosts/taken';
import { moveHosts, ownModule } from '../hosts/transfer';
import { canonicalIp } from '../ip-text/address';
import type { InventoryPlace } from '../place';
import { noSuch } from './refusals';

/**
 * Puts hosts into a pool, all of them or none (orion §1.3): those that the project has and that are in no pool, and new
 * ones of the default cloud. Those of a pool that names a module are put into the module.
 *
 * @param addresses of IP
 * @returns the hosts' ids, in the order of their addresses
 * @throws GantryError `invalid` for what is no address, for one that comes twice, or is in a pool or in another project
 *   already, and when there are none; `not_found` for the pool
 */
export async function addHostsToPool(
  db: Db,
  place: InventoryPlace,
  { poolId, addresses }: { poolId: number; addresses: readonly string[] },
  actor: Actor,
): Promise<number[]> {
  requireFewHosts(addresses.length, 'nodes');
  const wanted = addresses.map(readAddress);
  return tracingTaken(db, place, actor, () =>
    transact(db, async (tx) => {
      await enterBusiness(tx, place);
      const keys = wanted.map((address) => ({ address, cloud_id: DEFAULT_CLOUD.id }));
      const there = await lockHostsByKey(tx, place.account, keys);
      await requireFree(tx, place, wanted, there);
      const pool = await lockPool(tx, place.projectId, poolId);
      if (!pool) throw noSuch('pool', poolId);
      if (wanted.length === 0) throw wrongField('nodes is empty', { code: 'required', args: { field: 'nodes' } });
      const made = await makeHosts(tx, place, wanted, there, actor);
      const idOf = new Map([...there, ...made].map(({ address, id }) => [address, id]));
      const ids = wanted.map((address) => idOf.get(address)!);
      await put(tx, place, { pool, ids, made: made.map(({ id }) => id) }, actor);
      return ids;
    }),
  );
}

function readAddress(given: string): string {
  const address = canonicalIp(given.trim());
  if (address !== undefined) return address;
  const message = `${given.slice(0, 100)} is no IP address`;
  throw wrongField(message, { code: 'malformed', args: { field: 'nodes' } }, { step: 'input' });
}

/** Of hosts that others have it is not said who. */
async function requireFree(
  tx: DbOrTransaction,
  { projectId }: InventoryPlace,
  wanted: readonly string[],
  there: readonly HostRecord[],
): Promise<void> {
  const seen = new Set<string>();
  const twice = wanted.find((address) => seen.size === seen.add(address).size);
  if (twice !== undefined) throw exists(`${twice} comes twice`);
  const foreign = there.find(({ project_id }) => project_id !== projectId);
  if (foreign) throw notAvailable({ address: foreign.address!, cloud_id: foreign.cloud_id });
  const ids = there.map(({ id }) => id);
  const [pooled] = (await lockPoolsOf(tx, ids)).values();
  if (pooled) throw exists(`host ${pooled.host_id} is in pool ${pooled.pool_id} (${pooled.pool_name}) already`);
}

function exists(message: string): GantryError {
  return new GantryError('invalid', message, {
    reason: { code: 'duplicate', args: { what: 'host', name: 'address' } },
    details: [{ field: 'nodes', message }],
  });
}

async function makeHosts(
  tx: DbOrTransaction,
  place: InventoryPlace,
  wanted: readonly string[],
  there: readonly HostRecord[],
  actor: Actor,
) {
  const isThere = new Set(there.map(({ address }) => address));
  const rows = wanted
    .filter((address) => !isThere.has(address))
    .map((address) => ({ address, cloud_id: DEFAULT_CLOUD.id, name: address }));
  const made = await insertHosts(tx, place, rows);
  const isMade = new Set(made.map(({ address }) => address));
  const overtaken = rows.find(({ address }) => !isMade.has(address));
  // Whoever has made it at the same moment is in another project: changes of this one wait for each other.
  if (overtaken) throw notAvailable(overtaken);
  const { id: idle } = await ownModule(tx, place, 'idle');
  const ids = made.map(({ id }) => id);
  await addToModules(tx, ids, [idle]);
  const changes = made.map((host) => ({ after: { ...host, modules: [idle] } }));
  await auditChanges(tx, place, actor, { what: 'host', action: 'create', changes });
  return made;
}

async function put(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { pool, ids, made }: { pool: PoolRecord; ids: readonly number[]; made: readonly number[] },
  actor: Actor,
): Promise<void> {
  if (pool.module_id === null) {
    await addToPool(tx, { poolId: pool.id, made }, ids);
  } else {
    await moveHosts(tx, place, { hostIds: ids, moduleIds: [pool.module_id], isIncrement: true }, actor);
    await markMade(tx, made);
  }
  const before = { id: pool.id };
  const after = { id: pool.id, added: ids };
  await auditChanges(tx, place, actor, { what: 'pool', action: 'add_nodes', changes: [{ before, after }] });
}
