import { type RawBuilder, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { LoopRound } from './flow-batches';
import type { FlowHostRecord } from './flow-hosts';
import type { FlowState } from './flow-tables';

/**
 * Takes over how steps of a round have ended on the hosts of a flow that are under way: who has come through goes on to the
 * next step, or is done; who has failed goes on where failures of its step are ignored. What the pool and the inventory say
 * of them follows.
 *
 * @returns the hosts that have changed
 */
export function absorbRuns(tx: DbOrTransaction, flowId: number, { taskId, loop }: LoopRound): Promise<number[]> {
  return absorb(tx, flowId, {
    steps: sql`done.task_id = ${taskId} and done.loop = ${loop}`,
    hosts: sql`own.state = 1`,
    ends: sql`newest.status not in ('waiting', 'starting', 'running')`,
    goingOn: 1,
  });
}

/**
 * Takes over what steps of an ended task had done on hosts by then, and nobody had said of them yet: who has come through stands
 * before the next step, or is done, and who was lost is that. Call it before they are tried again.
 */
export async function absorbEnded(tx: DbOrTransaction, flowId: number): Promise<void> {
  await absorb(tx, flowId, {
    steps: sql`true`,
    hosts: sql`own.state = 4 and own.outcome = 'cancelled'`,
    ends: sql`newest.status in ('ok', 'skipped', 'lost')`,
    goingOn: 4,
  });
}

/**
 * The same of hosts on which a step is about to be begun, for what has ended since they were to be tried again: a script that has
 * come through in an earlier task, or was lost there since this one was made.
 */
export async function absorbEarlier(
  tx: DbOrTransaction,
  { flowId, batch, step, taskId }: { flowId: number; batch: number; step: number; taskId: number },
): Promise<void> {
  await absorb(tx, flowId, {
    steps: sql`true`,
    hosts: sql`own.state = 1 and own.batch = ${batch} and own.step_number = ${step}`,
    ends: sql`newest.task_id <> ${taskId}
              and (newest.status in ('ok', 'skipped')
                   or (newest.status = 'lost' and newest.ended_at > (select created_at from tasks where id = ${taskId})))`,
    goingOn: 1,
  });
}

/**
 * Takes over how a run has ended that was lost, where its host still stands so in the flow: who has come through stands before the
 * next step, or is done, and who has failed may be tried again like any other. Nothing of it has to be run a second time to
 * find that out. Call it with the flow locked.
 *
 * @returns the host, when it has changed
 */
export async function absorbLate(
  tx: DbOrTransaction,
  { id: flowId, task_id }: { id: number; task_id: number | null },
  runId: string,
): Promise<FlowHostRecord | undefined> {
  const { rows } = await sql<{ isOpen: boolean }>`
    select exists (
      select from host_runs runs join host_steps done on done.id = runs.step_id
        join flow_hosts own on own.flow_id = done.flow_id and own.place = runs.place
        join flow_batches batches on batches.flow_id = own.flow_id and batches.number = own.batch
       where runs.id = ${runId} and own.flow_id = ${flowId} and batches.state = 1 and batches.task_id = ${task_id}
    ) as "isOpen"`.execute(tx);
  const [id] = await absorb(tx, flowId, {
    steps: sql`true`,
    hosts: sql`own.state = 3 and own.outcome = 'lost'`,
    ends: sql`newest.run_id = ${runId}`,
    isLate: true,
    // In a batch that is still under way it goes on with the others; else whoever starts the flow again has it go on.
    goingOn: rows[0]!.isOpen ? 1 : 4,
  });
  return id === undefined ? undefined : tx.selectFrom('flow_hosts').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Which ends are taken over of which hosts, as conditions on `done`, `own` and `newest`. */
interface Absorbed {
  /** The steps over hosts whose runs count; of a host the newest. */
  steps: RawBuilder<unknown>;
  hosts: RawBuilder<unknown>;
  ends: RawBuilder<unknown>;
  /** How a host stands that has more steps to do. */
  goingOn: FlowState;
  /** It counts how runs ended after they were lost; another rollout may have been on the hosts since. */
  isLate?: boolean;
}

/** Has hosts of a flow stand as the newest run says at the step that each stood before. */
async function absorb(
  tx: DbOrTransaction,
  flowId: number,
  { steps, hosts, ends, goingOn, isLate = false }: Absorbed,
): Promise<number[]> {
  const status = isLate ? sql`runs.late_status` : sql`runs.status`;
  const reason = isLate
    ? sql`case when runs.late_status = 'ok' then '' else 'it was lost; as its host said later, it had ended: ' || runs.late_status end`
    : sql`runs.reason`;
  const { rows } = await sql<{ id: number }>`
    with newest as (
      select distinct on (own.id) own.id, own.host_id, own.step_number + 1 as next_step, runs.id as run_id, ${status} as status,
             ${reason} as reason, runs.ended_at, done.task_id,
             ${status} in ('ok', 'skipped') or (steps.ignore_error and ${status} in ('failed', 'unreachable', 'lost')) as goes_on,
             own.step_number + 1 = (select count(*) from flow_steps where flow_id = ${flowId}) as is_last
        from flow_hosts own
        join flow_steps steps on steps.flow_id = own.flow_id and steps.number = own.step_number
        join host_steps done on done.flow_id = own.flow_id and done.flow_step = own.step_number and ${steps}
        join host_runs runs on runs.step_id = done.id and runs.place = own.place
       where own.flow_id = ${flowId} and ${hosts}
       order by own.id, done.id desc
    ), changed as (
      update flow_hosts own
         set state = case when newest.goes_on and newest.is_last then 2
                          when newest.goes_on then ${goingOn}
                          when newest.status = 'not_run' then ${isLate ? 3 : 0}
                          when newest.status = 'cancelled' then 4
                          else 3 end,
             step_number = case when newest.goes_on then newest.next_step else own.step_number end,
             outcome = newest.status,
             reason = newest.reason,
             address = coalesce(hosts.address, own.address),
             vm_id = coalesce(nullif(hosts.vm_id, ''), own.vm_id),
             updated_at = now()
        from newest left join hosts on hosts.id = newest.host_id
       where own.id = newest.id and ${hosts} and ${ends}
      returning own.id, own.host_id, own.state
    ), pools as (
      update pool_hosts set status = changed.state, updated_at = now()
        from changed where pool_hosts.host_id = changed.host_id and changed.state in (2, 3)
         and not (${isLate} and exists (
           select from flow_hosts newer
            where newer.host_id = changed.host_id and newer.flow_id > ${flowId} and newer.outcome <> ''))
    )
    select id from changed`.execute(tx);
  return rows.map(({ id }) => id);
}
