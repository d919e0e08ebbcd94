import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import type { Owner } from '../../db/credentials';
import { takeLock } from '../../db/locks';

/** What one project may have of each, and the installation of what it has. */
export const MAX_OF = { credentials: 200, 'ssh profiles': 200, accounts: 500 } as const;

/**
 * Begins a change of what an owner has of something, one after the other: they are counted, and one of them may be what no
 * other is.
 */
export async function enterOwn(tx: DbOrTransaction, what: keyof typeof MAX_OF, owner: Owner): Promise<void> {
  await takeLock(tx, `${what} of ${owner ?? 'the installation'}`);
}

/** @throws GantryError `refused` where an owner has as many as it may */
export function requireRoom(what: keyof typeof MAX_OF, owner: Owner, count: number): void {
  const max = MAX_OF[what];
  if (count < max) return;
  const whose = owner === null ? 'the installation' : 'this project';
  throw new GantryError('refused', `${whose} has ${count} ${what}: ${max} are possible at most`);
}

/** What somebody names does not exist there. */
export function noSuchOf(what: string, id: number, owner: Owner): GantryError {
  const where = owner === null ? 'this installation' : 'this project';
  return new GantryError('not_found', `${what} ${id} does not exist in ${where}`, {
    reason: { code: 'not_found', args: { what, id } },
  });
}

/** Something cannot be deleted while others need it. @param by those, in words */
export function inUse(what: string, { id, name }: { id: number; name: string }, by: string): GantryError {
  return new GantryError('wrong_state', `${what} ${id} (${name}) is in use: ${by}`, {
    reason: { code: 'in_use', args: { what, id, by } },
  });
}
