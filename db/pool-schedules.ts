import { type Insertable, type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { FlowRecord } from './flows';
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

/** Schedules of a project after an id, with their pools' names. */
export function listPoolSchedules(
  db: DbOrTransaction,
  projectId: number,
  { poolId, id, after = 0, limit = 1 }: { poolId?: number | undefined; id?: number; after?: number; limit?: number },
) {
  return db
    .selectFrom('pool_schedules')
    .innerJoin('pools', 'pools.id', 'pool_schedules.pool_id')
    .selectAll('pool_schedules')
    .select('pools.name as pool')
    .where('pool_schedules.project_id', '=', projectId)
    .where('pool_schedules.id', '>', after)
    .$if(poolId !== undefined, (all) => all.where('pool_id', '=', poolId!))
    .$if(id !== undefined, (all) => all.where('pool_schedules.id', '=', id!))
    .orderBy('pool_schedules.id')
    .limit(limit)
    .execute();
}

/** The last flows that were made by the clock of the pools of schedules, for what each schedule is, the newest first. */
export async function listClockedFlows(
  db: DbOrTransaction,
  scheduleIds: readonly number[],
  limit: number,
): Promise<(FlowRecord & { schedule_id: number })[]> {
  const { rows } = await sql<FlowRecord & { schedule_id: number }>`
    select flows.*, schedules.id as schedule_id from pool_schedules schedules cross join lateral (
             select * from flows
              where flows.pool_id = schedules.pool_id and flows.origin <> 'manual'
                and (flows.kind = 'deploy') = (schedules.kind = 'deploy')
              order by flows.id desc limit ${limit}
           ) flows
     where schedules.id = any(${scheduleIds}::integer[]) order by schedules.id, flows.id desc`.execute(db);
  return rows;
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
        app_code: schedule.app_code,
        due_since: schedule.due_since,
        look_at: schedule.look_at,
        refusal: '',
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

/** The schedules something of which may be due, those that have been so for longest first. */
export async function listToLookAt(db: DbOrTransaction, now: Date): Promise<number[]> {
  const schedules = db.selectFrom('pool_schedules').select('id').where('look_at', '<=', now);
  return (await schedules.orderBy('look_at').orderBy('id').execute()).map(({ id }) => id);
}

/** Has the schedules of a project looked at: they are due at other times than was thought. */
export async function lookAgain(tx: DbOrTransaction, projectId: number): Promise<void> {
  const schedules = tx.updateTable('pool_schedules').set({ look_at: sql`least(look_at, now())` });
  await schedules.where('project_id', '=', projectId).where('look_at', 'is not', null).execute();
}

/** A schedule, held until the transaction ends; undefined while somebody else holds it, or when it is gone. */
export function holdPoolSchedule(tx: DbOrTransaction, id: number): Promise<PoolScheduleRecord | undefined> {
  return tx.selectFrom('pool_schedules').selectAll().where('id', '=', id).forUpdate().skipLocked().executeTakeFirst();
}

/** Notes that all is done, or let be, that a schedule was due for until then, and when it is to be looked at next. */
export async function settleUntil(
  tx: DbOrTransaction,
  id: number,
  { until, lookAt, refusal }: { until: Date; lookAt: Date | null; refusal?: string | undefined },
): Promise<void> {
  const change = { due_since: until, look_at: lookAt, ...(refusal === undefined ? {} : { refusal }) };
  await tx.updateTable('pool_schedules').set(change).where('id', '=', id).execute();
}

/** A host that a pool has by the clock. */
export interface ClockedHost {
  id: number;
  /** What was done with it last has come through. */
  isUp: boolean;
}

/** The hosts that a pool has by the clock and that are not on their way out: first those that are missed least. */
export async function listClockedHosts(tx: DbOrTransaction, poolId: number): Promise<ClockedHost[]> {
  const { rows } = await sql<ClockedHost>`
    select host_id as id, status = 2 as "isUp" from pool_hosts
     where pool_id = ${poolId} and node_type = 'crontab'
       and not exists (
         select from flow_hosts join flows on flows.id = flow_hosts.flow_id
          where flow_hosts.host_id = pool_hosts.host_id and flows.kind = 'shrink'
            and (flows.queued_at is not null or exists (select from pool_locks where pool_locks.flow_id = flows.id)))
     order by case status when 0 then 0 when 3 then 1 else 2 end, host_id`.execute(tx);
  return rows;
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
