import type { Actor } from '../../base/actor';
import { type GantryError, wrongField } from '../../base/error';
import { listAccountsBy } from '../../db/accounts';
import type { Db, DbOrTransaction } from '../../db/connection';
import {
  type CredentialRecord,
  countCredentials,
  deleteCredential,
  insertCredential,
  keepCredential,
  listCredentials,
  lockCredential,
  type Owner,
  type UsedCredential,
  updateCredential,
} from '../../db/credentials';
import { toJsonText } from '../../db/json';
import { listProfilesBy } from '../../db/ssh-profiles';
import { transact } from '../../db/transaction';
import { placeOfProject } from '../../secrets/place';
import { seal } from '../../secrets/token';
import { auditChanges, type Change } from '../changes';
import { duplicateOf, isTaken, type UniqueKeys } from '../duplicates';
import { enterOwn, inUse, noSuchOf, requireRoom } from './bounds';
import type { PrivateKey } from './private-key';
import { fingerprintOf } from './public-key';

/** What a login is opened with, as it was given. */
export type GivenSecret = { kind: 'password'; password: string } | { kind: 'private_key'; key: PrivateKey };

/** Users of a credential that a message names. */
const MAX_NAMED = 5;

const WHAT = 'credential';
const UNIQUE: UniqueKeys = { what: WHAT, within: 'project', keys: { credentials_by_name: ['project_id', 'name'] } };

/**
 * Keeps what a login is opened with, sealed: nobody is ever given it back. Call it in a transaction.
 *
 * @param owner the project that it is of; null: the installation, which has private keys alone, for a password would be told
 *   to any host that a project names
 * @throws GantryError `invalid` for such a password, and a name that another one has; `refused` for one too many
 */
export async function createCredential(
  tx: DbOrTransaction,
  owner: Owner,
  { name, secret }: { name: string; secret: GivenSecret },
  actor: Actor,
): Promise<UsedCredential> {
  if (owner === null && secret.kind === 'password') {
    const message = 'a password of the installation would be told to any host that a project names: send a private key';
    throw wrongField(message, { code: 'malformed', args: { field: 'kind' } });
  }
  await enterOwn(tx, 'credentials', owner);
  requireRoom('credentials', owner, await countCredentials(tx, owner));
  const { username } = actor;
  const made = await insertCredential(tx, {
    project_id: owner,
    name,
    kind: secret.kind,
    ...sealed(owner, secret),
    created_by: username,
    rotated_by: username,
  });
  if (!made) throw isTaken(['project_id', 'name'], UNIQUE, 'create');
  await audit(tx, owner, actor, { action: 'create', change: { after: told(made) } });
  return { ...made, profile_count: 0, account_count: 0 };
}

/**
 * Changes the name of a credential, or what it opens a login with, which has to be of the same kind: what uses it stays as
 * it is, and opens the next login with the new one.
 *
 * @throws GantryError `not_found`; `invalid` for another kind, and a name that another one has
 */
export async function changeCredential(
  db: Db,
  owner: Owner,
  { id, name, secret }: { id: number; name?: string | undefined; secret?: GivenSecret | undefined },
  actor: Actor,
): Promise<UsedCredential> {
  return transact(db, async (tx) => {
    const before = await lockCredential(tx, owner, id);
    if (!before) throw noSuchOf(WHAT, id, owner);
    if (secret && secret.kind !== before.kind) throw otherKind(before);
    if (name !== undefined || secret) {
      const rotated = secret && { ...sealed(owner, secret), rotated_by: actor.username, rotated_at: new Date() };
      const after = await updateCredential(tx, id, { ...(name === undefined ? {} : { name }), ...rotated });
      // The records say that it is another one, and nothing more of it.
      const change = { before: told(before), after: { ...told(after), is_secret_changed: secret !== undefined } };
      await audit(tx, owner, actor, { action: 'update', change });
    }
    return requireCredential(tx, owner, id);
  }).catch((error: unknown) => {
    throw duplicateOf(error, UNIQUE, 'update') ?? error;
  });
}

/** @throws GantryError `not_found`; `wrong_state` while profiles or accounts use it, naming them */
export async function removeCredential(db: Db, owner: Owner, id: number, actor: Actor): Promise<void> {
  await transact(db, async (tx) => {
    const before = await lockCredential(tx, owner, id);
    if (!before) throw noSuchOf(WHAT, id, owner);
    const profiles = await listProfilesBy(tx, id, MAX_NAMED + 1);
    const accounts = await listAccountsBy(tx, id, MAX_NAMED + 1);
    const users = [
      ...profiles.map((profile) => `ssh profile ${profile.id} (${profile.name})`),
      ...accounts.map((account) => `account ${account.id} (${account.alias})`),
    ];
    if (users.length > 0) throw inUse(WHAT, before, `${listed(users)} log in by it`);
    await deleteCredential(tx, id);
    await audit(tx, owner, actor, { action: 'delete', change: { before: told(before) } });
  });
}

/** @throws GantryError `not_found` */
export async function requireCredential(db: DbOrTransaction, owner: Owner, id: number): Promise<UsedCredential> {
  const [credential] = await listCredentials(db, owner, { id });
  if (credential) return credential;
  throw noSuchOf(WHAT, id, owner);
}

/** Sees to it that a credential, if one is named, is there until the transaction ends. @throws as requireCredential */
export async function requireKept(tx: DbOrTransaction, owner: Owner, id: number | null | undefined): Promise<void> {
  if (id == null || (await keepCredential(tx, owner, id))) return;
  throw noSuchOf(WHAT, id, owner);
}

/** The fingerprint of the key of a credential; null for a password. */
export function fingerprintOfCredential({ public_key }: Pick<CredentialRecord, 'public_key'>): string | null {
  const [, key] = public_key.split(' ');
  return key === undefined ? null : fingerprintOf(Buffer.from(key, 'base64'));
}

function sealed(owner: Owner, secret: GivenSecret): { secret: string; public_key: string } {
  const place = placeOfProject(owner);
  if (secret.kind === 'password') {
    return { secret: toJsonText({ password: seal(secret.password, place) }), public_key: '' };
  }
  const { type, key, text } = secret.key;
  return { secret: toJsonText({ private_key: seal(text, place) }), public_key: `${type} ${key}` };
}

function told(credential: CredentialRecord) {
  return { ...credential, fingerprint: fingerprintOfCredential(credential) };
}

function audit<T extends { id: number }>(
  tx: DbOrTransaction,
  owner: Owner,
  actor: Actor,
  { action, change }: { action: string; change: Change<T> },
): Promise<void> {
  return auditChanges(tx, { projectId: owner }, actor, { what: WHAT, action, changes: [change] });
}

function otherKind({ id, name, kind }: CredentialRecord): GantryError {
  const is = kind === 'password' ? 'a password' : 'a private key';
  const message = `credential ${id} (${name}) is ${is}: send ${is}, or make another credential`;
  return wrongField(message, { code: 'malformed', args: { field: kind } });
}

function listed(users: readonly string[]): string {
  return users.length > MAX_NAMED ? `${users.slice(0, MAX_NAMED).join(', ')} and more` : users.join(', ');
}
