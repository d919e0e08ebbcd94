import { type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

export type HostRecord = Selectable<Database['hosts']>;

/** What is said of hosts; all are texts. */
const TEXTS = [
  'name',
  'outer_address',
  'os_name',
  'operator',
  'backup_operator',
  'comment',
  'asset_id',
  'serial_number',
] as const;

export type HostTexts = Partial<Record<(typeof TEXTS)[number], string>>;

/** All that can be said of a host, beside what it is found by. */
export type HostValues = HostTexts & { is_disabled?: boolean };

/** What a host of an account is found by. */
export interface HostKey {
  address: string;
  cloud_id: number;
}

/** Which hosts: of an account those of a project, those of none (null), or all; those of a project; any. */
export type HostFilter =
  | { account: string; projectId?: number | null }
  | { account?: never; projectId: number }
  | 'any';

/** How many hosts a project has. */
export async function countHosts(db: DbOrTransaction, projectId: number): Promise<number> {
  const { count } = await db
    .selectFrom('hosts')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('project_id', '=', projectId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Locks hosts until the transaction ends, in the order of their ids; those that there are. */
export async function lockHosts(
  db: DbOrTransaction,
  filter: HostFilter,
  ids: readonly number[],
): Promise<HostRecord[]> {
  const { account, projectId } = filter === 'any' ? {} : filter;
  return db
    .selectFrom('hosts')
    .selectAll()
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .$if(account !== undefined, (query) => query.where('supplier_account', '=', account!))
    .$if(projectId !== undefined, (query) => query.where('project_id', 'is not distinct from', projectId!))
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Locks the hosts of an account that have one of the keys, in whatever project, in the order of their ids. */
export async function lockHostsByKey(
  db: DbOrTransaction,
  account: string,
  keys: readonly HostKey[],
): Promise<(HostRecord & HostKey)[]> {
  const { rows } = await sql<HostRecord & HostKey>`
    select hosts.* from hosts ${thatHave(keys)}
     where supplier_account = ${account}
     order by id for update of hosts`.execute(db);
  return rows;
}

/** The hosts of an account that have one of the keys, in whatever project. */
export async function findHostsByKey(
  db: DbOrTransaction,
  account: string,
  keys: readonly HostKey[],
): Promise<(HostRecord & HostKey)[]> {
  const { rows } = await sql<HostRecord & HostKey>`
    select hosts.* from hosts ${thatHave(keys)} where supplier_account = ${account}`.execute(db);
  return rows;
}

function thatHave(keys: readonly HostKey[]) {
  return sql`
    join unnest(${keys.map(({ cloud_id }) => cloud_id)}::integer[], ${keys.map(({ address }) => address)}::text[])
      wanted (cloud_id, address) using (cloud_id, address)`;
}

/**
 * Makes hosts, but for those that the account has; the rows that are new.
 *
 * @typeParam A null: of hosts whose address is not known, which are always new
 */
export async function insertHosts<A extends string | null>(
  db: DbOrTransaction,
  { account, projectId }: { account: string; projectId: number | null },
  hosts: readonly ({ address: A; cloud_id: number } & HostValues)[],
): Promise<(HostRecord & { address: A })[]> {
  const given = sql.join(TEXTS.map((name) => sql`coalesce(${sql.ref(name)}, '')`));
  const { rows } = await sql<HostRecord & { address: A }>`
    insert into hosts (supplier_account, project_id, cloud_id, address, is_disabled, ${names(TEXTS)})
    select ${account}, ${projectId}::integer, cloud_id, address, coalesce(is_disabled, false), ${given}
      from json_to_recordset(${toJsonText(hosts)}::json)
           as given (cloud_id integer, address text, is_disabled boolean, ${textColumns()})
     order by cloud_id, address
        on conflict (supplier_account, cloud_id, address) do nothing
    returning *`.execute(db);
  return rows;
}

/** Changes hosts each in its own way: what is not given of one stays. Their new rows. */
export async function updateHostsEach(
  db: DbOrTransaction,
  hosts: readonly (HostValues & Partial<HostKey> & { id: number })[],
): Promise<HostRecord[]> {
  const changes = [...TEXTS, 'is_disabled', 'address', 'cloud_id'].map(
    (name) => sql`${sql.id(name)} = coalesce(given.${sql.id(name)}, hosts.${sql.id(name)})`,
  );
  const { rows } = await sql<HostRecord>`
    update hosts set ${sql.join(changes)}, updated_at = now()
      from json_to_recordset(${toJsonText(hosts)}::json)
           as given (id integer, is_disabled boolean, address text, cloud_id integer, ${textColumns()})
     where hosts.id = given.id
    returning hosts.*`.execute(db);
  return rows;
}

/** Changes hosts alike; their new rows. */
export function updateHosts(
  db: DbOrTransaction,
  ids: readonly number[],
  changes: Updateable<Database['hosts']>,
): Promise<HostRecord[]> {
  return db
    .updateTable('hosts')
    .set({ ...changes, updated_at: new Date() })
    .where(sql<boolean>`id = any (${ids}::integer[])`)
    .returningAll()
    .execute();
}

/** Deletes hosts, which takes them from their modules and their tags and variables with them. */
export async function deleteHosts(db: DbOrTransaction, ids: readonly number[]): Promise<void> {
  await sql`delete from hosts where id = any (${ids}::integer[])`.execute(db);
}

function names(columns: readonly string[]) {
  return sql.join(columns.map((name) => sql.id(name)));
}

function textColumns() {
  return sql.join(TEXTS.map((name) => sql`${sql.id(name)} text`));
}
