import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { FlowHostRecord } from './flow-hosts';
import type { FlowState } from './flow-tables';
import { type PageOf, pageOf, type Rows } from './pages';
import type { HostRunStatus, HostStepKind } from './schema';

/** A host of a flow in a list. */
export type ListedFlowHost = Pick<
  FlowHostRecord,
  'id' | 'host_id' | 'address' | 'vm_id' | 'place' | 'batch' | 'state' | 'step' | 'reason' | 'created_at' | 'updated_at'
>;

/** A page of the hosts of a flow, in its order. */
export function pageOfFlowHosts(db: DbOrTransaction, flowId: number, rows: Rows): Promise<PageOf<ListedFlowHost>> {
  const hosts = db
    .selectFrom('flow_hosts')
    .select(['id', 'host_id', 'address', 'vm_id', 'place', 'batch', 'state', 'step', 'reason'])
    .select(['created_at', 'updated_at'])
    .where('flow_id', '=', flowId);
  return pageOf(hosts.orderBy('place'), rows);
}

/** Which hosts of a flow; absent: all. */
export interface FlowHostFilter {
  state?: FlowState | undefined;
  batch?: number | undefined;
}

/** Hosts of a flow after a place in its order. */
export function listFlowHostsAfter(
  db: DbOrTransaction,
  flowId: number,
  { state, batch, after, limit }: FlowHostFilter & { after: number; limit: number },
): Promise<FlowHostRecord[]> {
  return db
    .selectFrom('flow_hosts')
    .selectAll()
    .where('flow_id', '=', flowId)
    .where('place', '>', after)
    .$if(state !== undefined, (all) => all.where('state', '=', state!))
    .$if(batch !== undefined, (all) => all.where('batch', '=', batch!))
    .orderBy('place')
    .limit(limit)
    .execute();
}

/** How long a step of a flow was under way on one of its hosts. */
export interface StepTime {
  place: number;
  name: string;
  /** Of all tries of it together; of one that is under way, till now. */
  ms: number;
}

/** What a step of a flow was on one of its hosts: all tries of it together. */
export interface StepOnHost extends StepTime {
  /** Of the step, from 0. */
  step: number;
  /** Of the newest try. */
  status: HostRunStatus;
  /** Attempts of the step that were made for the host, and did not only keep what one before had done. */
  attempts: number;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** Of a group of runs. */
const msUnderWay = sql`
  coalesce(sum(greatest(0, date_part('epoch', coalesce(runs.ended_at, now()) - runs.started_at))) * 1000, 0)`;

/** How long the steps of a flow were under way on a page of its hosts, by place and step: places have no gaps, from 1 on. */
export async function listStepTimes(db: DbOrTransaction, flowId: number, { limit, offset }: Rows): Promise<StepTime[]> {
  const { rows } = await sql<StepTime>`
    select times.place, steps.name, times.ms
      from (select runs.place, done.flow_step, ${msUnderWay} as ms
              from host_steps done
              join host_runs runs on runs.step_id = done.id and runs.place > ${offset}::bigint and runs.place <= ${offset + limit}::bigint
             where done.flow_id = ${flowId}
             group by runs.place, done.flow_step) times
      join flow_steps steps on steps.flow_id = ${flowId} and steps.number = times.flow_step
     order by times.place, steps.number`.execute(db);
  return rows;
}

/** What the steps of a flow were on hosts of it, by place and step. */
export async function listStepsOnHosts(
  db: DbOrTransaction,
  flowId: number,
  places: readonly number[],
): Promise<StepOnHost[]> {
  const { rows } = await sql<StepOnHost>`
    select runs.place, done.flow_step as step, steps.name,
           (array_agg(runs.status order by done.id desc))[1] as status,
           (count(*) filter (where runs.from_run is null))::integer as attempts,
           ${msUnderWay} as ms,
           min(runs.started_at) as "startedAt",
           case when bool_and(runs.ended_at is not null) then max(runs.ended_at) end as "endedAt"
      from host_steps done
      join flow_steps steps on steps.flow_id = done.flow_id and steps.number = done.flow_step
      join host_runs runs on runs.step_id = done.id and runs.place = any(${places}::integer[])
     where done.flow_id = ${flowId}
     group by runs.place, done.flow_step, steps.name
     order by runs.place, done.flow_step`.execute(db);
  return rows;
}

/** A try of a step of a flow on one host. */
export interface FlowRun {
  id: string;
  /** Of the step, from 0. */
  step: number;
  name: string;
  kind: HostStepKind;
  stepId: number;
  place: number;
  status: HostRunStatus;
  reason: string;
}

/** What was tried on a host of a flow up to a step, the oldest first; what only kept the result of another try is left out. */
export async function listRunsOfFlowHost(
  db: DbOrTransaction,
  { flow_id, place, step_number }: Pick<FlowHostRecord, 'flow_id' | 'place' | 'step_number'>,
  limit: number,
): Promise<FlowRun[]> {
  const { rows } = await sql<FlowRun>`
    select * from (
      select runs.id, done.flow_step as step, steps.name, done.kind, done.id as "stepId", runs.place, runs.status, runs.reason
        from host_steps done
        join flow_steps steps on steps.flow_id = done.flow_id and steps.number = done.flow_step
        join host_runs runs on runs.step_id = done.id and runs.place = ${place}
       where done.flow_id = ${flow_id} and done.flow_step <= ${step_number} and runs.from_run is null
       order by done.id desc limit ${limit}
    ) newest order by step, "stepId"`.execute(db);
  return rows;
}
