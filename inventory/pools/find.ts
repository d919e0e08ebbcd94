import type { Db, DbOrTransaction } from '../../db/connection';
import { findPoolsByAddress } from '../../db/pool-hosts';
import { type CountedPool, findPool, findPoolNamed } from '../../db/pools';
import { isInt4 } from '../../db/search/restriction';
import { requireFew } from '../ids';
import { canonicalAddress } from '../ip-text/address';
import { MAX_ADDRESSES_AT_ONCE } from './limits';
import { noSuch } from './refusals';

const IN_NONE = -1;

/**
 * The pools that hosts of a project are in, by their addresses as they are given, without the blanks around them; -1 for one
 * that is in none, or is no address (orion §1.3).
 *
 * @throws GantryError `invalid` when they are too many
 */
export async function poolsOfAddresses(
  db: Db,
  projectId: number,
  given: readonly string[],
): Promise<Record<string, number>> {
  const texts = given.map((text) => text.trim()).filter((text) => text !== '');
  requireFew(texts.length, { things: 'addresses', max: MAX_ADDRESSES_AT_ONCE, field: 'iplist' });
  const addresses = texts.map((text) => canonicalAddress(text));
  const known = addresses.filter((address) => address !== undefined);
  const pools = await findPoolsByAddress(db, projectId, known);
  return Object.fromEntries(texts.map((text, index) => [text, pools.get(addresses[index] ?? '') ?? IN_NONE]));
}

/** A pool of a project by its name, else by its id as a text. @throws GantryError `not_found` */
export async function requirePoolCalled(
  db: DbOrTransaction,
  projectId: number,
  nameOrId: string,
): Promise<CountedPool> {
  const called = nameOrId.trim();
  const named = await findPoolNamed(db, projectId, called);
  if (named) return named;
  const id = /^\d{1,10}$/.test(called) ? Number(called) : 0;
  const pool = id > 0 && isInt4(id) ? await findPool(db, projectId, id) : undefined;
  if (pool) return pool;
  throw noSuch('pool', called.slice(0, 100));
}
