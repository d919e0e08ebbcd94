import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Owner } from './credentials';
import type { Database } from './schema';

export type SshProfileRecord = Selectable<Database['ssh_profiles']>;

/** A profile and what it is given to; the clouds are of one account. */
export type GivenProfile = SshProfileRecord & {
  module_ids: number[];
  cloud_ids: number[];
  /** Of the clouds; null where there are none. */
  supplier_account: string | null;
};

/** What is given a profile by its row. */
export interface ProfileUses {
  hosts: number;
  pools: number;
  modules: number;
  clouds: number;
  /** The first host by id; null where there is none. */
  firstHost: { id: number; name: string } | null;
}

/** Makes a profile; undefined when its owner has one of that name. */
export function insertProfile(
  db: DbOrTransaction,
  profile: Insertable<Database['ssh_profiles']>,
): Promise<SshProfileRecord | undefined> {
  return db
    .insertInto('ssh_profiles')
    .values(profile)
    .onConflict((on) => on.constraint('ssh_profiles_by_name').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** Locks a profile until the transaction ends. */
export function lockProfile(db: DbOrTransaction, owner: Owner, id: number): Promise<SshProfileRecord | undefined> {
  return ofOwner(db, owner).selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** A profile that is not deleted before the transaction ends. */
export function keepProfile(db: DbOrTransaction, owner: Owner, id: number): Promise<SshProfileRecord | undefined> {
  return ofOwner(db, owner).selectAll().where('id', '=', id).forKeyShare().executeTakeFirst();
}

export async function countProfiles(db: DbOrTransaction, owner: Owner): Promise<number> {
  const { count } = await ofOwner(db, owner)
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The profiles of an owner after an id, or one of them. */
export function listProfiles(
  db: DbOrTransaction,
  owner: Owner,
  { after = 0, limit = 1, id }: { after?: number; limit?: number; id?: number },
): Promise<GivenProfile[]> {
  const mine = sql`ssh_profile_id = ssh_profiles.id`;
  return ofOwner(db, owner)
    .selectAll()
    .select([
      sql<number[]>`array(select id from modules where ${mine} order by id)`.as('module_ids'),
      sql<number[]>`array(select id from clouds where ${mine} order by id)`.as('cloud_ids'),
      sql<string | null>`(select min(supplier_account) from clouds where ${mine})`.as('supplier_account'),
    ])
    .where('id', '>', after)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Changes a profile; a name that is taken is a duplicate (`isDuplicate`). */
export function updateProfile(
  db: DbOrTransaction,
  id: number,
  changes: Omit<Updateable<Database['ssh_profiles']>, 'id' | 'project_id'>,
): Promise<SshProfileRecord> {
  return db
    .updateTable('ssh_profiles')
    .set({ ...changes, updated_at: new Date() })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The default profile of an owner, locked until the transaction ends. */
export function lockDefaultProfile(db: DbOrTransaction, owner: Owner): Promise<SshProfileRecord | undefined> {
  return ofOwner(db, owner).selectAll().where('is_default', '=', true).forUpdate().executeTakeFirst();
}

export async function deleteProfile(db: DbOrTransaction, id: number): Promise<void> {
  await db.deleteFrom('ssh_profiles').where('id', '=', id).execute();
}

/** What a profile is given to by name. */
export async function findProfileUses(db: DbOrTransaction, id: number): Promise<ProfileUses> {
  const { rows } = await sql<ProfileUses>`
    select (select count(*)::integer from hosts where ssh_profile_id = ${id}) as hosts,
           (select count(*)::integer from pools where ssh_profile_id = ${id}) as pools,
           (select count(*)::integer from modules where ssh_profile_id = ${id}) as modules,
           (select count(*)::integer from clouds where ssh_profile_id = ${id}) as clouds,
           (select json_build_object('id', id, 'name', name) from hosts
             where ssh_profile_id = ${id} order by id limit 1) as "firstHost"`.execute(db);
  return rows[0]!;
}

/** The profiles that are by a credential, of its owner alone, by id. */
export function listProfilesBy(
  db: DbOrTransaction,
  credentialId: number,
  limit: number,
): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom('ssh_profiles')
    .select(['id', 'name'])
    .where('credential_id', '=', credentialId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** The first of some hosts that is the jump host of a profile, with that. */
export function findJumpUse(
  db: DbOrTransaction,
  hostIds: readonly number[],
): Promise<{ id: number; name: string; profile: number; profile_name: string; project_id: number | null } | undefined> {
  return db
    .selectFrom('ssh_profiles')
    .innerJoin('hosts', 'hosts.id', 'jump_host_id')
    .select(['hosts.id', 'hosts.name', 'ssh_profiles.id as profile', 'ssh_profiles.name as profile_name'])
    .select('ssh_profiles.project_id')
    .where(sql<boolean>`jump_host_id = any (${hostIds}::integer[])`)
    .orderBy('jump_host_id')
    .orderBy('ssh_profiles.id')
    .limit(1)
    .executeTakeFirst();
}

/** Gives a profile to modules of a business that have none, in place of those that it was given to. */
export async function giveToModules(
  db: DbOrTransaction,
  profileId: number,
  { businessId, moduleIds }: { businessId: number; moduleIds: readonly number[] },
): Promise<void> {
  await sql`
    update modules set ssh_profile_id = null
     where ssh_profile_id = ${profileId} and not id = any (${moduleIds}::integer[])`.execute(db);
  await sql`
    update modules set ssh_profile_id = ${profileId}
     where id = any (${moduleIds}::integer[]) and business_id = ${businessId} and ssh_profile_id is null`.execute(db);
}

/** Gives a profile to clouds of an account that have none, in place of those that it was given to. */
export async function giveToClouds(
  db: DbOrTransaction,
  profileId: number,
  { account, cloudIds }: { account: string; cloudIds: readonly number[] },
): Promise<void> {
  await sql`
    update clouds set ssh_profile_id = null
     where ssh_profile_id = ${profileId}
       and not (supplier_account = ${account} and id = any (${cloudIds}::integer[]))`.execute(db);
  await sql`
    update clouds set ssh_profile_id = ${profileId}
     where id = any (${cloudIds}::integer[]) and supplier_account = ${account} and ssh_profile_id is null`.execute(db);
}

function ofOwner(db: DbOrTransaction, owner: Owner) {
  return db.selectFrom('ssh_profiles').where('project_id', 'is not distinct from', owner);
}
