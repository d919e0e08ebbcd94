import { type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { FlowState } from './flow-tables';
import type { Database, HostRunStatus, HostStepKind } from './schema';

export type FlowHostRecord = Selectable<Database['flow_hosts']>;

/** A host of a flow on which a step is to be done. */
export interface StepCandidate {
  id: number;
  host_id: number | null;
  address: string;
  vm_id: string;
  place: number;
  state: FlowState;
  name: string;
  is_disabled: boolean;
}

/** For which of the hosts that stand before a step it is done. */
export type StepChoice = 'underway' | 'unfinished' | 'all' | readonly number[];

/**
 * The hosts of a batch that stand before a step: those that are under way; with `unfinished` also those on which it has
 * failed or was not begun, with `all` or by their ids in the inventory also those of which nobody knows, or that somebody has
 * ended.
 */
export async function listCandidates(
  db: DbOrTransaction,
  { flowId, batch, step, choice }: { flowId: number; batch: number; step: number; choice: StepChoice },
): Promise<StepCandidate[]> {
  const ids = typeof choice === 'string' ? [] : [...choice];
  const { rows } = await sql<StepCandidate>`
    select own.id, own.host_id, coalesce(hosts.address, own.address) as address, coalesce(nullif(hosts.vm_id, ''), own.vm_id) as vm_id,
           own.place, own.state, coalesce(hosts.name, '') as name, coalesce(hosts.is_disabled, false) as is_disabled
      from flow_hosts own left join hosts on hosts.id = own.host_id
     where own.flow_id = ${flowId} and own.batch = ${batch} and own.step_number = ${step} and own.state <> 2
       and (own.state = 1 or ${choice === 'all'} or own.host_id = any(${ids}::integer[])
            or (${choice === 'unfinished'} and own.state in (0, 3) and own.outcome <> 'lost'))
     order by own.place`.execute(db);
  return rows;
}

/** Notes that a step is begun on hosts. */
export async function beginStepOn(
  tx: DbOrTransaction,
  hostIds: readonly number[],
  { step, name }: { step: number; name: string },
): Promise<void> {
  await sql`
    update flow_hosts set state = 1, step_number = ${step}, step = ${name}, outcome = '', reason = '', updated_at = now()
     where id = any(${hostIds}::integer[])`.execute(tx);
}

/** Hosts of a batch that are still in: done, or past a step. */
export async function countSurviving(
  db: DbOrTransaction,
  { flowId, batch, step }: { flowId: number; batch: number; step: number },
): Promise<number> {
  const { rows } = await sql<{ hosts: string }>`
    select count(*) as hosts from flow_hosts
     where flow_id = ${flowId} and batch = ${batch} and (state = 2 or (state = 1 and step_number > ${step}))`.execute(
    db,
  );
  return Number(rows[0]!.hosts);
}

/** Ends hosts of a batch that is closed: what is left there was not done, and somebody has decided to go on. */
export async function endLeftOver(tx: DbOrTransaction, flowId: number, batch: number): Promise<void> {
  await sql`
    update flow_hosts set state = 4, reason = case when reason = '' then 'it was left out' else reason end, updated_at = now()
     where flow_id = ${flowId} and batch = ${batch} and (state = 1 or (state = 0 and outcome = 'not_run'))`.execute(tx);
}

/** Hosts on which something of another step of any rollout is still under way. */
export async function listBusyHosts(
  db: DbOrTransaction,
  hostIds: readonly number[],
  except: { taskId: number; nodeId: string; loop: number; retry: number },
): Promise<number[]> {
  const { rows } = await sql<{ host_id: number }>`
    select distinct runs.host_id from host_runs runs join host_steps steps on steps.id = runs.step_id
     where runs.status in ('starting', 'running') and runs.host_id = any(${hostIds}::integer[]) and steps.flow_id is not null
       and (steps.task_id, steps.node_id, steps.loop, steps.retry)
        <> (${except.taskId}, ${except.nodeId}, ${except.loop}, ${except.retry})`.execute(db);
  return rows.map(({ host_id }) => host_id);
}

/** A host of a flow of a project. */
export function findFlowHost(db: DbOrTransaction, projectId: number, id: number) {
  return db
    .selectFrom('flow_hosts')
    .innerJoin('flows', 'flows.id', 'flow_hosts.flow_id')
    .selectAll('flow_hosts')
    .where('flow_hosts.id', '=', id)
    .where('flows.project_id', '=', projectId)
    .executeTakeFirst();
}

/** The hosts of a flow at some places in its order, with what the inventory says of them now. */
export async function listFlowHostsAt(db: DbOrTransaction, flowId: number, places: readonly number[]) {
  const { rows } = await sql<Pick<FlowHostRecord, 'id' | 'place' | 'address' | 'vm_id'>>`
    select own.id, own.place, coalesce(hosts.address, own.address) as address, coalesce(nullif(hosts.vm_id, ''), own.vm_id) as vm_id
      from flow_hosts own left join hosts on hosts.id = own.host_id
     where own.flow_id = ${flowId} and own.place = any(${places}::integer[])`.execute(db);
  return rows;
}

/**
 * Has hosts of a flow tried again on which it is not done. Two kinds stay as they are: those that were lost, because nobody
 * knows whether it was done there, and those that the pool of the flow has not any more.
 *
 * @returns how many hosts of the flow are to come then
 */
export async function reopenUnfinished(tx: DbOrTransaction, flowId: number): Promise<number> {
  const { rows } = await sql<{ hosts: string }>`
    with reopened as (
      update flow_hosts own set state = 0, outcome = '', updated_at = now()
       where own.flow_id = ${flowId} and own.state in (0, 1, 3, 4) and own.outcome <> 'lost' and ${isInPool}
      returning own.id
    )
    select count(*) as hosts from reopened`.execute(tx);
  return Number(rows[0]!.hosts);
}

/** Of hosts of flows, called `own`: whether the pool of its flow has it. */
export const isInPool = sql`exists (
  select from flows join pool_hosts on pool_hosts.pool_id = flows.pool_id
   where flows.id = own.flow_id and pool_hosts.host_id = own.host_id)`;

/** Of a flow the hosts that are not done and that its pool has not any more, the first ones in their order. */
export async function listGone(db: DbOrTransaction, flowId: number, limit: number) {
  const { rows } = await sql<Pick<FlowHostRecord, 'id' | 'address'>>`
    select own.id, own.address from flow_hosts own
     where own.flow_id = ${flowId} and own.state <> 2 and not ${isInPool} order by own.place limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Ends what is to come in a flow: nobody is going to do it. */
export async function endToCome(tx: DbOrTransaction, flowId: number): Promise<void> {
  await sql`
    update flow_hosts set state = 4, reason = 'the rollout was ended before', updated_at = now()
     where flow_id = ${flowId} and state = 0`.execute(tx);
}

/** Says how a host of a flow stands from now on. */
export async function setFlowHost(
  tx: DbOrTransaction,
  id: number,
  change: Pick<FlowHostRecord, 'state' | 'outcome' | 'reason'>,
): Promise<void> {
  await tx
    .updateTable('flow_hosts')
    .set({ ...change, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Names of hosts that were lost in a flow: nobody knows what has become of its step there. */
export function listLostIn(db: DbOrTransaction, flowId: number, limit: number) {
  const hosts = db.selectFrom('flow_hosts').select(['id', 'address']).where('flow_id', '=', flowId);
  return hosts.where('state', '=', 3).where('outcome', '=', 'lost').orderBy('place').limit(limit).execute();
}

/** What is open of a host in the task of its flow. */
export interface OpenHostRun {
  id: string;
  kind: HostStepKind;
  status: HostRunStatus;
}

/** The run of a host of a flow that waits or is under way in a task. */
export async function findOpenRun(
  tx: DbOrTransaction,
  { flow_id, place }: Pick<FlowHostRecord, 'flow_id' | 'place'>,
  taskId: number,
): Promise<OpenHostRun | undefined> {
  const { rows } = await sql<OpenHostRun>`
    select runs.id, steps.kind, runs.status from host_runs runs join host_steps steps on steps.id = runs.step_id
     where steps.flow_id = ${flow_id} and steps.task_id = ${taskId} and runs.place = ${place}
       and runs.status in ('waiting', 'starting', 'running')
     order by runs.id desc limit 1`.execute(tx);
  return rows[0];
}

/**
 * Ends the run of one host: what waits never begins, what is under way on a host is ended there by whoever does that
 * (`Reaper`), and what reaches no host is over.
 */
export async function endOneRun(tx: DbOrTransaction, runId: string, reason: string): Promise<void> {
  await sql`
    update host_runs runs
       set is_unwanted = true,
           status = case when runs.status = 'waiting' or runs.try_at is not null or steps.kind = 'local' then 'cancelled' else runs.status end,
           ended_at = case when runs.status = 'waiting' or runs.try_at is not null or steps.kind = 'local' then now() end,
           try_at = null, reason = ${reason}
      from host_steps steps
     where runs.id = ${runId} and steps.id = runs.step_id and runs.status in ('waiting', 'starting', 'running')`.execute(
    tx,
  );
}

/** Hosts of a batch that were not begun in a step, because too many had failed or its time was over. */
export async function countUnbegun(db: DbOrTransaction, flowId: number, batch: number): Promise<number> {
  const { rows } = await sql<{ hosts: string }>`
    select count(*) as hosts from flow_hosts
     where flow_id = ${flowId} and batch = ${batch} and state = 0 and outcome = 'not_run'`.execute(db);
  return Number(rows[0]!.hosts);
}

/** Says how a host stands in its pool. */
export async function setPoolStatus(tx: DbOrTransaction, hostId: number, status: 2 | 3): Promise<void> {
  const hosts = tx.updateTable('pool_hosts').set({ status, updated_at: sql`now()` });
  await hosts.where('host_id', '=', hostId).execute();
}
