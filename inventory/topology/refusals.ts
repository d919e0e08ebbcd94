import { GantryError } from '../../base/error';
import { KINDS } from '../../db/businesses';

/** Sets and modules, as messages name them. */
interface Named {
  id: number;
  name: string;
}

export function noSuch(what: 'set' | 'module', id: number): GantryError {
  return new GantryError('not_found', `${what} ${id} does not exist in this business`, {
    reason: { code: 'not_found', args: { what, id } },
  });
}

/** @throws GantryError `refused` for what every business has, which is nobody's to change */
export function requireOrdinary(what: 'set' | 'module', { id, name, kind }: Named & { kind: number }): void {
  if (kind === KINDS.ordinary) return;
  throw new GantryError('refused', `${what} ${id} (${name}) is the business' own for idle hosts: it stays as it is`);
}

/** @throws GantryError `wrong_state` for a set or module that has hosts */
export function requireEmpty(what: 'set' | 'module', { id, name }: Named, hosts: number): void {
  if (hosts === 0) return;
  throw new GantryError('wrong_state', `${what} ${id} (${name}) has ${hosts} hosts: move them to other modules first`, {
    reason: { code: 'in_use', args: { what, id, by: `${hosts} hosts` } },
  });
}
