import { TransportError } from '../transport';
import { hasNoSuchKey } from './handshake';
import { KEY_TYPES } from './host-keys';
import type { SshPool } from './pool';
import type { HostKey, Route } from './route';

export interface ScanOptions {
  /** By whose rules and connections hosts are reached. */
  pool: SshPool;
  signal?: AbortSignal | undefined;
}

/**
 * The keys by which the host at the end of a route makes itself known, one of each type that it has. Nobody is logged in
 * to it; jump hosts on the way have to be trusted, and are logged in to. That a key is shown says nothing of whose it is:
 * somebody has to compare it.
 *
 * @throws TransportError when it cannot be reached, or has no key of a type that is supported
 */
export async function scanKeys(route: Route, { pool, signal }: ScanOptions): Promise<HostKey[]> {
  const keys: HostKey[] = [];
  let missing: unknown;
  for (const type of KEY_TYPES) {
    try {
      keys.push(await pool.keyOfType(route, type, signal));
    } catch (error) {
      if (!(error instanceof TransportError && hasNoSuchKey(error))) throw error;
      missing = error;
    }
  }
  if (keys.length === 0) throw missing;
  return keys;
}
