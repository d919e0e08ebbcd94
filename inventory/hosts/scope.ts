import { GantryError } from '../../base/error';
import { missingFrom } from '../ids';

/** Hosts that a request may be about: those of a business, or all of an account with its resource pool. */
export interface HostScope {
  account: string;
  projectId?: number;
}

/** @throws GantryError `not_found` naming the first host that is not among those found */
export function requireAll(ids: readonly number[], found: readonly { id: number }[]): void {
  const missing = missingFrom(ids, found);
  if (missing === undefined) return;
  throw new GantryError('not_found', `host ${missing} does not exist here`, {
    reason: { code: 'not_found', args: { what: 'host', id: missing } },
  });
}
