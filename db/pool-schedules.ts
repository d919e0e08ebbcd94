import { type Insertable, type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { PoolScheduleKind } from './pool-schedule-tables';
import { HAS_CRON } from './pools';
import type { Database } from './schema';

export type PoolScheduleRecord = Selectable<Database['pool_schedules']>;
export type CronItemRecord = Selectable<Database['pool_cron_items']>;
export type DependItemRecord = Selectable<Database['pool_depend_items']>;
export type NewCronItem = Omit<Insertable<Database['pool_cron_items']>, 'schedule_id'>;
export type NewDependItem = Omit<Insertable<Database['pool_depend_items']>, 'schedule_id'>;

/** What a schedule is made of, beside what it is. */
export interface PoolScheduleItems {
  cron: CronItemRecord[];
  depend: DependItemRecord[];
}

/** Lets no other schedule of the project change until the transaction ends. */
export async function lockPoolSchedules(tx: DbOrTransaction, projectId: number): Promise<void> {
  await tx.selectFrom('projects').select('id').where('id', '=', projectId).forNoKeyUpdate().execute();
}

export function findPoolSchedule(
  db: DbOrTransaction,
  projectId: number,
  by: { id: number } | { poolId: number; kind: PoolScheduleKind },
): Promise<PoolScheduleRecord | undefined> {
  const query = db.selectFrom('pool_schedules').selectAll().where('project_id', '=', projectId);
  const found =
    'id' in by ? query.where('id', '=', by.id) : query.where('pool_id', '=', by.poolId).where('kind', '=', by.kind);
  return found.executeTakeFirst();
}

/** The items of a schedule, in the order in which they were given. */
export async function itemsOfSchedule(db: DbOrTransaction, scheduleId: number): Promise<PoolScheduleItems> {
  const cron = await db
    .selectFrom('pool_cron_items')
    .selectAll()
    .where('schedule_id', '=', scheduleId)
    .orderBy('id')
    .execute();
  const depend = await db
    .selectFrom('pool_depend_items')
    .selectAll()
    .where('schedule_id', '=', scheduleId)
    .orderBy('id')
    .execute();
  return { cron, depend };
}

/** Writes the schedule of a pool and kind, or what is new of it; its id. */
export async function putPoolSchedule(
  tx: DbOrTransaction,
  schedule: Omit<Insertable<Database['pool_schedules']>, 'created_at' | 'updated_at'>,
): Promise<number> {
  const { id } = await tx
    .insertInto('pool_schedules')
    .values(schedule)
    .onConflict((on) =>
      on.columns(['pool_id', 'kind']).doUpdateSet({
        exec_type: schedule.exec_type,
        editor: schedule.editor,
        due_since: schedule.due_since,
        updated_at: new Date(),
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Puts these items in the place of all that a schedule has. */
export async function replaceItems(
  tx: DbOrTransaction,
  scheduleId: number,
  { cron, depend }: { cron: readonly NewCronItem[]; depend: readonly NewDependItem[] },
): Promise<void> {
  const own = { schedule_id: scheduleId };
  await tx.deleteFrom('pool_cron_items').where('schedule_id', '=', scheduleId).execute();
  await tx.deleteFrom('pool_depend_items').where('schedule_id', '=', scheduleId).execute();
  if (cron.length > 0)
    await tx
      .insertInto('pool_cron_items')
      .values(cron.map((item) => ({ ...item, ...own })))
      .execute();
  if (depend.length > 0) {
    await tx
      .insertInto('pool_depend_items')
      .values(depend.map((item) => ({ ...item, ...own })))
      .execute();
  }
}

/** Which pool of a project depends on which, by all schedules but one. */
export async function listDependencies(
  db: DbOrTransaction,
  projectId: number,
  exceptSchedule: number,
): Promise<{ pool_id: number; on: number }[]> {
  const { rows } = await sql<{ pool_id: number; on: number }>`
    select distinct pool_schedules.pool_id, pool_depend_items.pool_id as "on"
      from pool_schedules join pool_depend_items on schedule_id = pool_schedules.id
     where project_id = ${projectId} and pool_schedules.id <> ${exceptSchedule}`.execute(db);
  return rows;
}

/** A pool that depends on another one. */
export async function findDependent(
  db: DbOrTransaction,
  poolId: number,
): Promise<{ id: number; name: string } | undefined> {
  return db
    .selectFrom('pool_depend_items')
    .innerJoin('pool_schedules', 'pool_schedules.id', 'pool_depend_items.schedule_id')
    .innerJoin('pools', 'pools.id', 'pool_schedules.pool_id')
    .select(['pools.id', 'pools.name'])
    .where('pool_depend_items.pool_id', '=', poolId)
    .orderBy('pools.id')
    .executeTakeFirst();
}

/** Pools of a project by their ids. */
export function findPools(db: DbOrTransaction, projectId: number, ids: readonly number[]) {
  return db
    .selectFrom('pools')
    .selectAll()
    .select(HAS_CRON.as('has_cron'))
    .where('project_id', '=', projectId)
    .where(sql<boolean>`pools.id = any (${ids}::integer[])`)
    .orderBy('pools.id')
    .execute();
}

/** The schedules that may be due: those whose times count, by id. */
export async function listClocked(db: DbOrTransaction): Promise<PoolScheduleRecord[]> {
  return db
    .selectFrom('pool_schedules')
    .selectAll()
    .where('exec_type', '=', 'crontab')
    .where(sql<boolean>`exists (select from pool_cron_items where schedule_id = pool_schedules.id and not is_ignored)`)
    .orderBy('id')
    .execute();
}

/** A schedule, held until the transaction ends; undefined while somebody else holds it, or when it is gone. */
export function holdPoolSchedule(tx: DbOrTransaction, id: number): Promise<PoolScheduleRecord | undefined> {
  return tx.selectFrom('pool_schedules').selectAll().where('id', '=', id).forUpdate().skipLocked().executeTakeFirst();
}

/** Notes that all is done, or let be, that a schedule was due for until then. */
export async function settleUntil(tx: DbOrTransaction, id: number, until: Date): Promise<void> {
  await tx.updateTable('pool_schedules').set({ due_since: until }).where('id', '=', id).execute();
}

/** The hosts that a pool has by the clock and that are not on their way out: first those that are missed least. */
export async function listClockedHostIds(tx: DbOrTransaction, poolId: number): Promise<number[]> {
  const { rows } = await sql<{ host_id: number }>`
    select host_id from pool_hosts
     where pool_id = ${poolId} and node_type = 'crontab'
       and not exists (
         select from flow_hosts join flows on flows.id = flow_hosts.flow_id
          where flow_hosts.host_id = pool_hosts.host_id and flows.kind = 'shrink'
            and (flows.queued_at is not null or exists (select from pool_locks where pool_locks.flow_id = flows.id)))
     order by case status when 0 then 0 when 3 then 1 else 2 end, host_id`.execute(tx);
  return rows.map(({ host_id }) => host_id);
}

/** What pools of a project need of others, by the schedules of a kind. */
export function listNeeds(db: DbOrTransaction, projectId: number, kind: PoolScheduleKind) {
  return db
    .selectFrom('pool_depend_items')
    .innerJoin('pool_schedules', 'pool_schedules.id', 'pool_depend_items.schedule_id')
    .select(['pool_schedules.pool_id', 'pool_depend_items.pool_id as on', 'ratio', 'spare', 'step_name'])
    .where('project_id', '=', projectId)
    .where('kind', '=', kind)
    .where('is_ignored', '=', false)
    .orderBy('pool_depend_items.id')
    .execute();
}
