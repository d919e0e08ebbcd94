import { sql } from 'kysely';
import { insertProjectBusiness } from '../db/businesses';
import type { Db } from '../db/connection';

/** Businesses with many processes, of which the first has most; and one with many hosts. */
export interface Inventory {
  /** Of the most processes. */
  largest: number;
  hostBusiness: number;
  /** Of the business with hosts: its ordinary modules. */
  modules: number[];
  hosts: number[];
  remove(): Promise<void>;
}

interface Sizes {
  processes: number;
  businesses: number;
  hosts: number;
  modules: number;
}

const MODULES_A_SET = 25;
/** The largest business has so much of all processes. */
const LARGEST_SHARE = 0.1;

export async function createInventory(db: Db, { processes, businesses, hosts, modules }: Sizes): Promise<Inventory> {
  const names = Array.from({ length: businesses + 1 }, (_, at) => `inventory ${at}`);
  const projects = await db
    .insertInto('projects')
    .values(names.map((name) => ({ name, bk_biz_id: null })))
    .returning(['id', 'name'])
    .execute();
  for (const { id, name } of projects) await insertProjectBusiness(db, { projectId: id, id: null, name });
  const ids = projects.map(({ id }) => id);
  const rows = await db
    .selectFrom('businesses')
    .select(['id', 'project_id'])
    .where('project_id', 'in', ids)
    .orderBy('id')
    .execute();
  const [largest, ...others] = rows.slice(0, -1).map(({ id }) => id);
  const hostBusiness = rows.at(-1)!;
  const inLargest = Math.floor(processes * LARGEST_SHARE);
  await createProcesses(db, largest!, inLargest);
  const each = Math.floor((processes - inLargest) / Math.max(1, others.length));
  for (const id of others) await createProcesses(db, id, each);
  const made = await createHosts(
    db,
    { businessId: hostBusiness.id, projectId: hostBusiness.project_id },
    { hosts, modules },
  );
  // What autovacuum does in the background of a server that is in use.
  for (const table of ['processes', 'process_bindings', 'modules', 'hosts', 'module_hosts']) {
    await sql`vacuum analyze ${sql.table(table)}`.execute(db);
  }
  return {
    largest: largest!,
    hostBusiness: hostBusiness.id,
    ...made,
    async remove() {
      await db.deleteFrom('hosts').where('project_id', 'in', ids).execute();
      await db
        .deleteFrom('process_bindings')
        .where(
          'business_id',
          'in',
          rows.map(({ id }) => id),
        )
        .execute();
      await db.deleteFrom('projects').where('id', 'in', ids).execute();
    },
  };
}

async function createProcesses(db: Db, businessId: number, count: number): Promise<void> {
  await sql`
    insert into processes (business_id, name, description, bind_ip, port, protocol, function_id, function_name, work_path, os_user,
      instance_count, priority, timeout, start_command, stop_command, pid_file, auto_start, created_at)
    select ${businessId}, (array['nginx', 'redis', 'mysqld', '巡检'])[1 + n % 4] || '-' || md5(n::text), 'of team ' || n % 40,
      (1 + n % 4)::text, (1000 + n % 5000)::text || '-' || (1000 + n % 5000 + 5)::text, (1 + n % 2)::text,
      case when n % 3 = 0 then 'f' || n else '' end, (array['nginx', 'redis', 'mysqld', 'job'])[1 + n % 4],
      '/data/' || (array['app', 'db', 'web'])[1 + n % 3] || '/' || n, 'user' || n % 50, 1 + n % 100,
      case when n % 5 > 0 then 1 + n % 1000 end, 30 + n % 300, './start.sh ' || repeat('--option ' || n || ' ', 5), './stop.sh ' || n,
      '/var/run/' || n || '.pid', n % 2 = 0, timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute'
      from generate_series(1, ${sql.lit(count)}) n`.execute(db);
  await sql`
    insert into process_bindings (process_id, business_id, module_name)
    select id, business_id, 'module ' || id % 100 from processes where business_id = ${businessId} and id % 3 = 0`.execute(
    db,
  );
}

async function createHosts(
  db: Db,
  { businessId, projectId }: { businessId: number; projectId: number },
  { hosts, modules }: Pick<Sizes, 'hosts' | 'modules'>,
): Promise<Pick<Inventory, 'modules' | 'hosts'>> {
  const sets = Math.ceil(modules / MODULES_A_SET);
  await sql`
    insert into sets (business_id, name) select ${businessId}, 'set ' || n from generate_series(1, ${sql.lit(sets)}) n`.execute(
    db,
  );
  const { rows: made } = await sql<{ id: number }>`
    insert into modules (business_id, set_id, name)
    select ${businessId}, sets.id, 'module ' || n
      from generate_series(1, ${sql.lit(MODULES_A_SET)}) n, sets where business_id = ${businessId} and kind = 0
    returning id`.execute(db);
  const { rows: hostRows } = await sql<{ id: number }>`
    insert into hosts (supplier_account, address, project_id, name)
    select '0', '10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256, ${projectId}, 'host-' || n
      from generate_series(1, ${sql.lit(hosts)}) n returning id`.execute(db);
  const moduleIds = made.slice(0, modules).map(({ id }) => id);
  await sql`
    insert into module_hosts (module_id, host_id)
    select (${sql.val(moduleIds)}::integer[])[1 + hosts.id % ${sql.lit(moduleIds.length)}], hosts.id
      from hosts where project_id = ${projectId}`.execute(db);
  return { modules: moduleIds, hosts: hostRows.map(({ id }) => id) };
}
