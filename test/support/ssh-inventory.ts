import type { Insertable } from 'kysely';
import { type KeyKind, makeKeyPair } from '../../bench/machines/key-pair';
import type { Db } from '../../db/connection';
import type { Database } from '../../db/schema';
import { addBusiness } from './searched-processes';

type Given<T extends keyof Database, Own extends string> = Partial<Omit<Insertable<Database[T]>, Own>>;

let numbers = 0;

/** Makes rows of a project as if they had been there long: each gives its id. */
export interface SshProject {
  projectId: number;
  businessId: number;
  host(
    given?: Given<'hosts', 'project_id'> & { modules?: readonly number[]; tags?: readonly string[] },
  ): Promise<number>;
  module(ssh_profile_id?: number): Promise<number>;
  profile(given?: Given<'ssh_profiles', never>): Promise<number>;
  credential(given?: Given<'credentials', never>): Promise<number>;
  account(given: Given<'accounts', 'project_id'> & { alias: string }): Promise<number>;
  /** Of the host; what is kept in base64 is nothing but a text. */
  key(host_id: number, key: string, given?: Given<'host_keys', 'host_id'>): Promise<number>;
}

/** A project with a business, and what makes things in it. */
export async function addSshProject(db: Db): Promise<SshProject> {
  const { id: businessId, projectId } = await addBusiness(db);
  const insert = async <T extends 'hosts' | 'modules' | 'ssh_profiles' | 'credentials' | 'accounts' | 'host_keys'>(
    table: T,
    row: Insertable<Database[T]>,
  ): Promise<number> => {
    const made = await db
      .insertInto(table as 'hosts')
      .values(row as Insertable<Database['hosts']>)
      .returning('id')
      .executeTakeFirstOrThrow();
    return made.id;
  };
  const set = await db
    .insertInto('sets')
    .values({ business_id: businessId, name: 'set' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const next = () => ++numbers;
  return {
    projectId,
    businessId,
    async host({ modules = [], tags = [], ...given } = {}) {
      const n = next();
      const row = { supplier_account: '0', address: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, name: `h${n}` };
      const id = await insert('hosts', { ...row, ...given, project_id: projectId });
      for (const module_id of modules) await db.insertInto('module_hosts').values({ module_id, host_id: id }).execute();
      for (const tag of tags) await db.insertInto('host_tags').values({ tag, host_id: id }).execute();
      return id;
    },
    module: (ssh_profile_id) =>
      insert('modules', { business_id: businessId, set_id: set.id, name: `m${next()}`, ssh_profile_id }),
    profile: (given = {}) => insert('ssh_profiles', { project_id: projectId, name: `p${next()}`, ...given }),
    credential: (given = {}) =>
      insert('credentials', {
        project_id: projectId,
        name: `c${next()}`,
        kind: 'password',
        secret: '{"password": "sealed"}',
        created_by: 'tester',
        rotated_by: 'tester',
        ...given,
      }),
    account: (given) => insert('accounts', { project_id: projectId, login_user: 'app', ...given }),
    key: (host_id, key, given = {}) =>
      insert('host_keys', {
        host_id,
        type: 'ssh-ed25519',
        key,
        fingerprint: `SHA256:${key}`,
        source: 'given',
        added_by: 'tester',
        ...given,
      }),
  };
}

/** What a key is protected with: one round, for what takes time is not what is tested. */
export const lockedBy = (passphrase: string) => ({ passphrase, cipher: 'aes256-ctr', rounds: 1 }) as const;

/** A new public key, as known_hosts has it behind the host's name. */
export function newPublicKey(kind: KeyKind = 'ed25519', bits?: number): { type: string; key: string } {
  const [type, key] = makeKeyPair(kind, { bits }).public.split(' ') as [string, string];
  return { type, key };
}
