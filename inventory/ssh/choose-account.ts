import { includesRole } from '../../access/permission';
import { GantryError, wrongField } from '../../base/error';
import { shortened } from '../../base/text';
import type { AccountRecord } from '../../db/accounts';
import type { Role } from '../../db/schema';
import { nameOf } from './way';

/** Aliases that a message lists. */
const MAX_LISTED = 50;

/** In whose name work is done on hosts. */
export interface Executor {
  username: string;
  /** Their app answers for what they may do. */
  isTrusted: boolean;
}

/**
 * The account that an alias means on a host: one for a tag that the host has wins over the one for all.
 *
 * @param accounts those of the alias
 * @param tags of the host, at least those that accounts are for
 * @throws GantryError `invalid` where none is for the host, or two are
 */
export function accountFor(
  host: { id: number; name: string },
  tags: readonly string[],
  accounts: readonly AccountRecord[],
): AccountRecord {
  const [first, second] = accounts.filter(({ host_tag }) => host_tag !== null && tags.includes(host_tag));
  if (first && second) {
    const both = [first, second].map(({ id, host_tag }) => `${id} (for the tag ${host_tag})`).join(' and ');
    throw unfit(`account ${first.alias} means two on host ${nameOf(host)}: ${both}`);
  }
  const account = first ?? accounts.find(({ host_tag }) => host_tag === null);
  if (account) return account;
  const wanted = accounts.map(({ host_tag }) => host_tag).join(', ');
  throw unfit(`account ${accounts[0]?.alias} is not for host ${nameOf(host)}: it is for hosts with the tag ${wanted}`);
}

/** @param aliases those that there are */
export function unknownAlias(alias: string, aliases: readonly string[]): GantryError {
  const listed = aliases.slice(0, MAX_LISTED).join(', ') + (aliases.length > MAX_LISTED ? ', ...' : '');
  const there = aliases.length === 0 ? 'it has none' : `it has ${listed}`;
  const message = `this project has no account ${shortened(alias, 100)}: ${there}`;
  return wrongField(message, { code: 'unknown', args: { field: 'account' } });
}

/**
 * Work on hosts is done in the name of who may operate in their project, or more, if the account says so.
 *
 * @param role of the executor in the project, now
 * @param least what is needed where no account says it
 * @throws GantryError `forbidden` naming the role that is missing
 */
export function requireRole(
  { username, isTrusted }: Executor,
  role: Role | undefined,
  account: Pick<AccountRecord, 'alias' | 'min_role'> | undefined,
  least: Role = 'operator',
): void {
  const needed = account?.min_role ?? least;
  if (isTrusted || (role && includesRole(role, needed))) return;
  const without = least === 'operator' ? 'work on hosts' : 'work on hosts without an account';
  const what = account ? `account ${account.alias}` : without;
  const has = role ? `is ${role}` : 'has no role in this project';
  throw new GantryError('forbidden', `${username} ${has}: ${what} needs the role ${needed}`);
}

function unfit(message: string): GantryError {
  return wrongField(message, { code: 'malformed', args: { field: 'account' } });
}
