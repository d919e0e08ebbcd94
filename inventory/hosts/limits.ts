import { GantryError } from '../../base/error';

/** Hosts that are added, moved, changed or deleted at once. */
export const MAX_HOSTS_AT_ONCE = 5_000;
/** Hosts times the modules that they are moved to. */
export const MAX_PLACES_AT_ONCE = 100_000;

/** @param field of the hosts, in the error */
export function requireFewHosts(count: number, field = 'id'): void {
  if (count <= MAX_HOSTS_AT_ONCE) return;
  throw tooMany(field, `${count} hosts at once are too many: send ${MAX_HOSTS_AT_ONCE} at most`, MAX_HOSTS_AT_ONCE);
}

export function requireFewPlaces(hosts: number, modules: number): void {
  if (hosts * modules <= MAX_PLACES_AT_ONCE) return;
  const message = `${hosts} hosts into ${modules} modules at once are too many: send fewer hosts, or fewer modules`;
  throw tooMany('module_ids', message, Math.floor(MAX_PLACES_AT_ONCE / hosts));
}

function tooMany(field: string, message: string, max: number): GantryError {
  return new GantryError('invalid', message, {
    reason: { code: 'too_many', args: { field, max } },
    details: [{ field, message }],
  });
}
