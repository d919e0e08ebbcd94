import { FirstKeys } from '../activities/hosts/first-keys';
import type { Reach } from '../activities/hosts/probe';
import { mayReach, parseNetworks } from '../base/networks';
import type { Db } from '../db/connection';
import { SshPool } from '../hosts/ssh/pool';

/**
 * How a worker reaches hosts: by one pool of connections, whatever it does there.
 *
 * @param hostsAllow addresses and networks in which hosts may be reached, separated by commas
 * @param given connections in place of its own
 */
export function reachFrom(db: Db, hostsAllow: string, given?: SshPool): Reach {
  const firstKeys = new FirstKeys(db);
  if (given) return { db, pool: given, firstKeys };
  const pool = new SshPool({
    allows: mayReach(parseNetworks(hostsAllow)),
    pin: (hop, key) => firstKeys.pin(hop, key),
  });
  return { db, pool, firstKeys };
}
