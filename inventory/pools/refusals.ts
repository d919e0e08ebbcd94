import { GantryError } from '../../base/error';

/** What hosts are put together in. */
export type Kind = 'cluster' | 'service' | 'pool';

export function noSuch(what: Kind, id: number | string): GantryError {
  return new GantryError('not_found', `${what} ${id} does not exist in this project`, {
    reason: { code: 'not_found', args: { what, id } },
  });
}

/** @throws GantryError `wrong_state` for what others are in, said in words */
export function requireUnused(what: Kind, { id, name }: { id: number; name: string }, by: string | undefined): void {
  if (by === undefined) return;
  throw new GantryError('wrong_state', `${what} ${id} (${name}) is in use: ${by}`, {
    reason: { code: 'in_use', args: { what, id, by } },
  });
}
