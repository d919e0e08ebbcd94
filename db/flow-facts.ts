import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { FlowState } from './flow-tables';
import type { TaskPhase } from './schema';

/** What the state of a flow follows from. */
export interface FlowFactsRow {
  id: number;
  end_state: FlowState | null;
  isQueued: boolean;
  taskId: number | null;
  phase: TaskPhase | null;
  shown: string | null;
  /** Nodes of it that have failed and wait for somebody to decide. */
  failedNodes: string[];
  /** The node in which somebody lets the next batch begin, while it waits. */
  gate: string | null;
  /** What a node of it that is under way says that it waits for. */
  awaits: string | null;
  /** Something is under way on its hosts. */
  isWorking: boolean;
  /** When something was said of it last. */
  saidAt: Date | null;
}

/** What the states of flows follow from, by flow. Nodes are looked at only of flows whose tasks are under way. */
export async function listFlowFacts(
  db: DbOrTransaction,
  flowIds: readonly number[],
): Promise<Map<number, FlowFactsRow>> {
  if (flowIds.length === 0) return new Map();
  const { rows } = await sql<FlowFactsRow>`
    select flows.id, flows.end_state, flows.queued_at is not null as "isQueued", flows.task_id as "taskId", tasks.phase, tasks.shown,
           coalesce(nodes.failed, '{}') as "failedNodes", nodes.gate, nodes.awaits,
           coalesce(tasks.phase <> 'ended' and tasks.shown = 'SUSPENDED', false) and exists (
             select from host_steps steps join host_runs runs on runs.step_id = steps.id
              where steps.flow_id = flows.id and steps.task_id = flows.task_id and steps.kind <> 'local'
                and runs.status in ('starting', 'running')
           ) as "isWorking",
           (select created_at from flow_logs where flow_id = flows.id order by id desc limit 1) as "saidAt"
      from flows left join tasks on tasks.id = flows.task_id
      left join flow_tasks own on own.flow_id = flows.id and own.task_id = flows.task_id
      left join lateral (
        select array_agg(node_id) filter (where status = 'FAILED') as failed,
               max(node_id) filter (where status = 'RUNNING' and node_id = own.gate_node) as gate,
               max(waiting_for) filter (where status = 'RUNNING' and node_id is distinct from own.gate_node) as awaits
          from (select distinct on (node_id) node_id, status, waiting_for from node_executions
                 where task_id = flows.task_id and node_id = any(own.node_ids)
                 order by node_id, loop desc, retry desc) current
      ) nodes on tasks.phase in ('starting', 'running') and flows.end_state is null and flows.queued_at is null
     where flows.id = any(${flowIds}::integer[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
