import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import { isInPool } from './flow-hosts';
import type { FlowState } from './flow-tables';
import type { Database } from './schema';

export type FlowBatchRecord = Selectable<Database['flow_batches']>;

/** A round of the loop of a task. */
export interface LoopRound {
  taskId: number;
  loop: number;
}

export function findBatch(db: DbOrTransaction, flowId: number, number: number): Promise<FlowBatchRecord | undefined> {
  const batches = db.selectFrom('flow_batches').selectAll().where('flow_id', '=', flowId);
  return batches.where('number', '=', number).executeTakeFirst();
}

/** The batch that was opened last in a round of a loop. */
export function findBatchOf(db: DbOrTransaction, flowId: number, { taskId, loop }: LoopRound) {
  const batches = db.selectFrom('flow_batches').selectAll().where('flow_id', '=', flowId);
  return batches.where('task_id', '=', taskId).where('loop', '=', loop).executeTakeFirst();
}

/** The first batch with a host that is to come. */
export async function findNextBatch(db: DbOrTransaction, flowId: number): Promise<number | undefined> {
  const hosts = db.selectFrom('flow_hosts').select('batch').where('flow_id', '=', flowId).where('state', '=', 0);
  return (await hosts.orderBy('batch').limit(1).executeTakeFirst())?.batch;
}

/** A host that is there, and is in another pool by now, or in none: what is done there is others' to say. */
const hasLeft = sql`
  (own.host_id is not null and flows.pool_id is not null and not ${isInPool})`;

/**
 * Opens a batch: what is to come in it is under way then, but for hosts that have left the pool since.
 *
 * @returns how many hosts that are
 */
export async function openBatch(
  tx: DbOrTransaction,
  { flowId, number, seconds, taskId, loop }: { flowId: number; number: number; seconds: number | null } & LoopRound,
): Promise<number> {
  const { rows } = await sql<{ hosts: string }>`
    with opened as (
      update flow_batches
         set state = 1, step = -1, task_id = ${taskId}, loop = ${loop}, opened_at = now(), closed_at = null,
             deadline = now() + ${seconds}::integer * interval '1 second'
       where flow_id = ${flowId} and number = ${number}
    ), hosts as (
      update flow_hosts own
         set state = case when ${hasLeft} then 3 else 1 end,
             outcome = case when ${hasLeft} then 'failed' else own.outcome end,
             reason = case when ${hasLeft} then 'it has left the pool of the rollout since that was made' else own.reason end,
             updated_at = now()
        from flows
       where flows.id = own.flow_id and own.flow_id = ${flowId} and own.batch = ${number} and own.state = 0
      returning own.state
    )
    select count(*) filter (where state = 1) as hosts from hosts`.execute(tx);
  return Number(rows[0]!.hosts);
}

/** Notes which step a batch is at, and until when it may go on. */
export async function noteStep(
  tx: DbOrTransaction,
  { flowId, number, step, deadline }: { flowId: number; number: number; step: number; deadline: Date | null },
): Promise<void> {
  const batches = tx.updateTable('flow_batches').set({ step, deadline }).where('flow_id', '=', flowId);
  await batches.where('number', '=', number).execute();
}

/** Closes a batch that is open. */
export async function closeBatch(tx: DbOrTransaction, flowId: number, number: number, state: FlowState): Promise<void> {
  await tx
    .updateTable('flow_batches')
    .set({ state, closed_at: sql`now()` })
    .where('flow_id', '=', flowId)
    .where('number', '=', number)
    .execute();
}

/** How many hosts of a flow, or of one of its batches, stand how. */
export async function countHosts(
  db: DbOrTransaction,
  flowId: number,
  batch?: number,
): Promise<Record<FlowState, number>> {
  const rows = await db
    .selectFrom('flow_hosts')
    .select(['state', ({ fn }) => fn.countAll<string>().as('hosts')])
    .where('flow_id', '=', flowId)
    .$if(batch !== undefined, (hosts) => hosts.where('batch', '=', batch!))
    .groupBy('state')
    .execute();
  const counts: Record<FlowState, number> = { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 };
  for (const { state, hosts } of rows) counts[state] = Number(hosts);
  return counts;
}

/** How many batches of a flow stand how. */
export async function countBatches(db: DbOrTransaction, flowId: number): Promise<Record<FlowState, number>> {
  const rows = await db
    .selectFrom('flow_batches')
    .select(['state', ({ fn }) => fn.countAll<string>().as('batches')])
    .where('flow_id', '=', flowId)
    .groupBy('state')
    .execute();
  const counts: Record<FlowState, number> = { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 };
  for (const { state, batches } of rows) counts[state] = Number(batches);
  return counts;
}
