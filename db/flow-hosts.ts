import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { LoopRound } from './flow-batches';
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

const isInPool = sql`exists (
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
