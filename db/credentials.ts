import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

type Row = Selectable<Database['credentials']>;
/** A credential without what it opens. */
export type CredentialRecord = Omit<Row, 'secret'>;
/** The sealed part of a credential, and where it is sealed. */
export type SecretRecord = Pick<Row, 'id' | 'project_id' | 'kind' | 'rotated_at'> & { secret: Record<string, string> };

/** A credential and by how many others it is used. */
export type UsedCredential = CredentialRecord & { profile_count: number; account_count: number };

/** Whose they are: a project's, or the installation's (null). */
export type Owner = number | null;

const SHOWN = [
  'id',
  'project_id',
  'name',
  'kind',
  'public_key',
  'created_by',
  'rotated_by',
  'rotated_at',
  'created_at',
  'updated_at',
] as const;

/** Makes a credential; undefined when its owner has one of that name. */
export function insertCredential(
  db: DbOrTransaction,
  credential: Insertable<Database['credentials']>,
): Promise<CredentialRecord | undefined> {
  return db
    .insertInto('credentials')
    .values(credential)
    .onConflict((on) => on.constraint('credentials_by_name').doNothing())
    .returning(SHOWN)
    .executeTakeFirst();
}

/** Locks a credential until the transaction ends. */
export function lockCredential(db: DbOrTransaction, owner: Owner, id: number): Promise<CredentialRecord | undefined> {
  return ofOwner(db, owner).select(SHOWN).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** A credential that is not deleted before the transaction ends. */
export function keepCredential(db: DbOrTransaction, owner: Owner, id: number): Promise<CredentialRecord | undefined> {
  return ofOwner(db, owner).select(SHOWN).where('id', '=', id).forKeyShare().executeTakeFirst();
}

export async function countCredentials(db: DbOrTransaction, owner: Owner): Promise<number> {
  const { count } = await ofOwner(db, owner)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The credentials of an owner after an id, or one of them. */
export function listCredentials(
  db: DbOrTransaction,
  owner: Owner,
  { after = 0, limit = 1, id }: { after?: number; limit?: number; id?: number },
): Promise<UsedCredential[]> {
  return ofOwner(db, owner)
    .select(SHOWN)
    .select([
      sql<number>`(select count(*)::integer from ssh_profiles where credential_id = credentials.id)`.as(
        'profile_count',
      ),
      sql<number>`(select count(*)::integer from accounts where credential_id = credentials.id)`.as('account_count'),
    ])
    .where('id', '>', after)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** What credentials open, sealed. */
export async function findSecrets(db: DbOrTransaction, ids: readonly number[]): Promise<SecretRecord[]> {
  const rows = await db
    .selectFrom('credentials')
    .select(['id', 'project_id', 'kind', 'secret', 'rotated_at'])
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .execute();
  return rows.map(({ secret, ...row }) => ({ ...row, secret: secret as Record<string, string> }));
}

/** Changes a credential; a name that is taken is a duplicate (`isDuplicate`). */
export function updateCredential(
  db: DbOrTransaction,
  id: number,
  changes: Pick<Updateable<Database['credentials']>, 'name' | 'secret' | 'public_key' | 'rotated_by' | 'rotated_at'>,
): Promise<CredentialRecord> {
  return db
    .updateTable('credentials')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returning(SHOWN)
    .executeTakeFirstOrThrow();
}

export async function deleteCredential(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('credentials').where('id', '=', id).execute();
}

function ofOwner(db: DbOrTransaction, owner: Owner) {
  return db.selectFrom('credentials').where('project_id', 'is not distinct from', owner);
}
