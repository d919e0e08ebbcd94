import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { Database } from './schema';

export type NewFlowNeed = Selectable<Database['flow_needs']>;

/** How far a flow is for which another one waits. */
export interface NeedProgress {
  poolName: string;
  ratio: number;
  /** Hosts of the pool of the flow that waits, beside those of the flow. */
  own: number;
  /** Hosts that count: those that the needed pool had, and those of the needed flow that are ready. */
  ready: number;
  /** Hosts that are to count. */
  wanted: number;
  /** Nobody works on the needed flow any more. */
  isOver: boolean;
}

export async function insertFlowNeeds(tx: DbOrTransaction, needs: readonly NewFlowNeed[]): Promise<void> {
  if (needs.length > 0)
    await tx
      .insertInto('flow_needs')
      .values([...needs])
      .execute();
}

/** Which of some flows wait for which others before their last step. */
export function listFlowNeeds(db: DbOrTransaction, flowIds: readonly number[]) {
  return db
    .selectFrom('flow_needs')
    .select(['flow_id', 'needed_id'])
    .where(sql<boolean>`flow_id = any(${flowIds}::integer[])`)
    .execute();
}

/**
 * How far those flows are for which a flow waits. A host counts that is done, or is past the step that is named; where the flow has
 * no such step, that is its last one.
 */
export async function listNeedProgress(db: DbOrTransaction, flowId: number): Promise<NeedProgress[]> {
  const { rows } = await sql<NeedProgress>`
    select needed.pool_name as "poolName", needs.ratio, needs.own, needs.there + hosts.ready as ready, needs.there + hosts.wanted as wanted,
           needed.queued_at is null and (needed.end_state is not null or tasks.phase is null or tasks.phase = 'ended') as "isOver"
      from flow_needs needs join flows needed on needed.id = needs.needed_id left join tasks on tasks.id = needed.task_id
      left join lateral (
        select number from flow_steps where flow_id = needed.id and name = needs.step_name order by number limit 1
      ) named on true
      cross join lateral (
        select count(*)::integer as wanted,
               count(*) filter (where state = 2 or (state = 1 and step_number > named.number))::integer as ready
          from flow_hosts where flow_id = needed.id
      ) hosts
     where needs.flow_id = ${flowId} order by needed.id`.execute(db);
  return rows;
}

/** Fails those hosts of a batch that come last: others that they need are not there. */
export async function failSurplus(
  tx: DbOrTransaction,
  { flowId, batch, hosts }: { flowId: number; batch: number; hosts: number },
  reason: string,
): Promise<void> {
  await sql`
    with failed as (
      update flow_hosts set state = 3, outcome = 'failed', reason = ${reason}, updated_at = now()
       where id in (select id from flow_hosts where flow_id = ${flowId} and batch = ${batch} and state = 1
                     order by place desc limit ${hosts})
      returning host_id
    )
    update pool_hosts set status = 3, updated_at = now() from failed where pool_hosts.host_id = failed.host_id`.execute(
    tx,
  );
}
