import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database, HostKeySource } from './schema';

export type HostKeyRecord = Selectable<Database['host_keys']>;

/** A key that a host is to be known by. */
export interface NewHostKey {
  host_id: number;
  type: string;
  key: string;
  fingerprint: string;
  source: HostKeySource;
  added_by: string;
}

/** The keys that hosts are known by, of one after the other. */
export function listTrustedKeys(db: DbOrTransaction, hostIds: readonly number[]): Promise<HostKeyRecord[]> {
  return db
    .selectFrom('host_keys')
    .selectAll()
    .where(sql<boolean>`host_id = any (${hostIds}::integer[])`)
    .where('revoked_at', 'is', null)
    .orderBy('host_id')
    .orderBy('id')
    .execute();
}

/** By how many keys hosts are known; those that are by none are left out. */
export async function countTrustedKeys(db: DbOrTransaction, hostIds: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ host_id: number; count: string }>`
    select host_id, count(*) as count from host_keys
     where host_id = any (${hostIds}::integer[]) and revoked_at is null group by host_id`.execute(db);
  return new Map(rows.map(({ host_id, count }) => [host_id, Number(count)]));
}

/** Whether a host was known by a key until somebody revoked that. */
export async function wasRevoked(
  db: DbOrTransaction,
  { host_id, type, key }: Pick<NewHostKey, 'host_id' | 'type' | 'key'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('host_keys')
    .select('id')
    .where('host_id', '=', host_id)
    .where('type', '=', type)
    .where('key', '=', key)
    .where('revoked_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes keys trusted that are not; whoever calls it has locked their hosts. */
export async function insertHostKeys(db: DbOrTransaction, keys: readonly NewHostKey[]): Promise<HostKeyRecord[]> {
  const { rows } = await sql<HostKeyRecord>`
    insert into host_keys (host_id, type, key, fingerprint, source, added_by)
    select host_id, type, key, fingerprint, source, added_by
      from json_to_recordset(${toJsonText(keys)}::json)
           as given (host_id integer, type text, key text, fingerprint text, source text, added_by text)
    returning *`.execute(db);
  return rows;
}

/** Trusts keys no more; their new rows, of those that were trusted. */
export function revokeHostKeys(
  db: DbOrTransaction,
  ids: readonly number[],
  revoked_by: string,
): Promise<HostKeyRecord[]> {
  return db
    .updateTable('host_keys')
    .set({ revoked_by, revoked_at: sql`now()` })
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .where('revoked_at', 'is', null)
    .returningAll()
    .execute();
}
