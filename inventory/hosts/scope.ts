import { GantryError } from '../../base/error';

/** Hosts that a request may be about: those of a business, or all of an account with its resource pool. */
export interface HostScope {
  account: string;
  projectId?: number;
}

/** @throws GantryError `not_found` naming the first host that is not among those found */
export function requireAll(ids: readonly number[], found: readonly { id: number }[]): void {
  const there = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !there.has(id));
  if (missing === undefined) return;
  throw new GantryError('not_found', `host ${missing} does not exist here`, {
    reason: { code: 'not_found', args: { what: 'host', id: missing } },
  });
}
