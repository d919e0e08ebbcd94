import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { FlowBatchRecord } from './flow-batches';
import type { FlowState } from './flow-tables';
import type { FlowRecord, FlowStepRecord } from './flows';
import { type PageOf, pageOf, type Rows } from './pages';

/** Which flows of a project; what is absent or empty chooses none out. */
export interface FlowFilter {
  /** What they have in their name. */
  name?: string | undefined;
  poolId?: number | undefined;
}

/** A page of the flows of a project, the newest first. */
export function listFlows(
  db: DbOrTransaction,
  projectId: number,
  { name = '', poolId, ...rows }: FlowFilter & Rows,
): Promise<PageOf<FlowRecord>> {
  const flows = db
    .selectFrom('flows')
    .selectAll()
    .where('project_id', '=', projectId)
    .$if(name !== '', (all) => all.where(sql<boolean>`strpos(name, ${name}) > 0`))
    .$if(poolId !== undefined, (all) => all.where('pool_id', '=', poolId!));
  return pageOf(flows.orderBy('id', 'desc'), rows);
}

/** Flows of a project after an id, the oldest first. */
export function listFlowsAfter(
  db: DbOrTransaction,
  projectId: number,
  { after, limit, name = '', poolId }: FlowFilter & { after: number; limit: number },
): Promise<FlowRecord[]> {
  return db
    .selectFrom('flows')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('id', '>', after)
    .$if(name !== '', (all) => all.where(sql<boolean>`strpos(name, ${name}) > 0`))
    .$if(poolId !== undefined, (all) => all.where('pool_id', '=', poolId!))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** How many hosts of flows stand how, by flow. */
export async function countHostsOfFlows(
  db: DbOrTransaction,
  flowIds: readonly number[],
): Promise<Map<number, Record<FlowState, number>>> {
  const { rows } = await sql<{ flow_id: number; state: FlowState; hosts: string }>`
    select flow_id, state, count(*) as hosts from flow_hosts
     where flow_id = any(${flowIds}::integer[]) group by flow_id, state`.execute(db);
  const counts = new Map(flowIds.map((id) => [id, { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 }]));
  for (const { flow_id, state, hosts } of rows) counts.get(flow_id)![state] = Number(hosts);
  return counts;
}

/** A step of a flow without its scripts. */
export type ListedStep = Pick<
  FlowStepRecord,
  'flow_id' | 'number' | 'name' | 'type' | 'retry_times' | 'ignore_error'
> & {
  /** Null: more were asked for than fit. */
  values: Record<string, unknown> | null;
};

/**
 * The steps of flows, those of the newest flow first.
 *
 * @param maxBytes of the values of all of them: those that follow are left out
 */
export async function listStepsOfFlows(
  db: DbOrTransaction,
  flowIds: readonly number[],
  maxBytes: number,
): Promise<ListedStep[]> {
  const { rows } = await sql<ListedStep>`
    select flow_id, number, name, type, retry_times, ignore_error,
           case when sum(octet_length(values::text)) over (order by flow_id desc, number) <= ${maxBytes} then values end as values
      from flow_steps where flow_id = any(${flowIds}::integer[]) order by flow_id desc, number`.execute(db);
  return rows;
}

/** The flow that has a pool, or, of a pool that nobody has, the one that is first in its line. */
export interface PoolTurn {
  poolId: number;
  flowId: number;
  name: string;
  /** It has the pool. */
  isHolder: boolean;
}

/** Whose turn it is in pools, by pool. */
export async function listTurns(db: DbOrTransaction, poolIds: readonly number[]): Promise<Map<number, PoolTurn>> {
  const { rows } = await sql<PoolTurn>`
    select distinct on ("poolId") * from (
      select locks.pool_id as "poolId", flows.id as "flowId", flows.name, true as "isHolder", locks.taken_at as since
        from pool_locks locks join flows on flows.id = locks.flow_id where locks.pool_id = any(${poolIds}::integer[])
      union all
      select pool_id, id, name, false, queued_at from flows
       where queued_at is not null and pool_id = any(${poolIds}::integer[])
    ) turns order by "poolId", "isHolder" desc, since, "flowId"`.execute(db);
  return new Map(rows.map((row) => [row.poolId, row]));
}

/** A line of the log of a flow. */
export interface LoggedLine {
  id: number;
  batch: number;
  message: string;
  created_at: Date;
}

/** A page of the log of a flow, the oldest line first; `after` an id, or from an offset on. */
export async function listFlowLogs(
  db: DbOrTransaction,
  flowId: number,
  { after = 0, offset = 0, limit }: { after?: number; offset?: number; limit: number },
): Promise<LoggedLine[]> {
  const rows = await db
    .selectFrom('flow_logs')
    .select(['id', 'batch', 'message', 'created_at'])
    .where('flow_id', '=', flowId)
    .where('id', '>', String(after))
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
  return rows.map(({ id, ...line }) => ({ id: Number(id), ...line }));
}

export async function countFlowLogs(db: DbOrTransaction, flowId: number): Promise<number> {
  const lines = db.selectFrom('flow_logs').select(({ fn }) => fn.countAll<string>().as('lines'));
  return Number((await lines.where('flow_id', '=', flowId).executeTakeFirstOrThrow()).lines);
}

/** A batch of a flow, and how many hosts it has. */
export type CountedBatch = FlowBatchRecord & { hosts: number };

/** Batches of a flow after one, in their order. */
export async function listBatchesAfter(
  db: DbOrTransaction,
  flowId: number,
  { after, limit }: { after: number; limit: number },
): Promise<CountedBatch[]> {
  const { rows } = await sql<CountedBatch>`
    select batches.*, (select count(*)::integer from flow_hosts hosts
                        where hosts.flow_id = batches.flow_id and hosts.batch = batches.number) as hosts
      from flow_batches batches
     where batches.flow_id = ${flowId} and batches.number > ${after} order by batches.number limit ${limit}`.execute(
    db,
  );
  return rows;
}
