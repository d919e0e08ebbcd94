import { type GantryError, wrongField } from '../../base/error';
import { requireFew } from '../ids';

/** Hosts that are added, moved, changed or deleted at once. */
export const MAX_HOSTS_AT_ONCE = 5_000;
/** Hosts times the modules that they are moved to. */
export const MAX_PLACES_AT_ONCE = 100_000;

/** Modules that one host may be in: a page of hosts tells them all. */
export const MAX_MODULES_OF_HOST = 200;

/** @param field of the hosts, in the error */
export function requireFewHosts(count: number, field?: string): void {
  requireFew(count, { things: 'hosts', max: MAX_HOSTS_AT_ONCE, ...(field === undefined ? {} : { field }) });
}

export function requireFewPlaces(hosts: number, modules: number): void {
  if (modules > MAX_MODULES_OF_HOST) {
    const message = `${modules} modules at once are too many: a host may be in ${MAX_MODULES_OF_HOST} at most`;
    throw tooMany('modules', message, MAX_MODULES_OF_HOST);
  }
  if (hosts * modules <= MAX_PLACES_AT_ONCE) return;
  const message = `${hosts} hosts into ${modules} modules at once are too many: send fewer hosts, or fewer modules`;
  throw tooMany('modules', message, Math.floor(MAX_PLACES_AT_ONCE / hosts));
}

/** @param modules of each host */
export function requireFewModules(modules: Iterable<readonly [hostId: number, moduleIds: readonly number[]]>): void {
  for (const [hostId, moduleIds] of modules) {
    if (moduleIds.length <= MAX_MODULES_OF_HOST) continue;
    const message = `host ${hostId} would be in ${moduleIds.length} modules: ${MAX_MODULES_OF_HOST} are possible at most`;
    throw tooMany('modules', message, MAX_MODULES_OF_HOST);
  }
}

function tooMany(field: string, message: string, max: number): GantryError {
  return wrongField(message, { code: 'too_many', args: { field, max } });
}
