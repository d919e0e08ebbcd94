import { sql } from 'kysely';
import type { Db } from '../../db/connection';
import type { PersistentApi } from '../faults/api';

const SET_UP_WITHIN_MS = 60_000;

/** How the hosts of a project are reached. */
export interface Way {
  port: number;
  user: string;
  userKey: string;
  connectTimeoutMs?: number;
}

/** Gives the demo project a credential and a default profile, by the API; the ids of both. */
export async function makeWay(
  api: PersistentApi,
  name: string,
  { port, user, userKey, connectTimeoutMs = 20_000 }: Way,
): Promise<{ profileId: number }> {
  const make = (path: string, body: object) =>
    api.v1<{ id: number }>('POST', `projects/1/${path}`, body, SET_UP_WITHIN_MS);
  const credential = await make('credentials', { name, kind: 'private_key', private_key: userKey });
  const profile = await make('ssh-profiles', {
    name,
    port,
    login_user: user,
    credential_id: credential.id,
    connect_timeout_ms: connectTimeoutMs,
  });
  return { profileId: profile.id };
}

/** Makes hosts of the demo project, as if they had been there long: all with a tag, a profile and a key. */
export async function makeHosts(
  db: Db,
  {
    tag,
    profileId,
    addresses,
    key,
  }: {
    tag: string;
    profileId: number;
    addresses: readonly string[];
    key: { type: string; key: string };
  },
): Promise<void> {
  await sql`
    with made as (
      insert into hosts (supplier_account, address, name, project_id, ssh_profile_id)
      select '0', address, address, 1, ${profileId} from unnest(${addresses}::text[]) address
      returning id
    ), tagged as (
      insert into host_tags (host_id, tag) select id, ${tag} from made
    )
    insert into host_keys (host_id, type, key, fingerprint, source, added_by)
    select id, ${key.type}, ${key.key}, 'SHA256:of the bench', 'given', 'bench' from made`.execute(db);
  // What autovacuum does in the background of a server that is in use.
  for (const table of ['hosts', 'host_tags', 'host_keys']) await sql`vacuum analyze ${sql.table(table)}`.execute(db);
}
