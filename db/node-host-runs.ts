import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { HostRunStatus } from './schema';

/** An attempt of a node. */
export interface AttemptKey {
  taskId: number;
  nodeId: string;
  loop: number;
  retry: number;
}

/** What an attempt of a node has done on a host, or will do. */
export interface NodeHostRun {
  stepId: number;
  place: number;
  address: string;
  name: string;
  status: HostRunStatus;
  exitCode: number | null;
  reason: string;
  /** The run whose log it is: that which did it before, where this one was skipped for it. */
  logOf: string;
  /** Bytes that are kept of that log. */
  logBytes: number;
}

/**
 * The hosts of an attempt of a node, in the order of its steps and their hosts, and how many there are in all.
 *
 * @param address only hosts with it
 */
export async function listNodeHostRuns(
  db: DbOrTransaction,
  { taskId, nodeId, loop, retry }: AttemptKey,
  { address, limit }: { address?: string | undefined; limit: number },
): Promise<{ runs: NodeHostRun[]; total: number }> {
  const { rows } = await sql<NodeHostRun & { total: string; logBytes: string }>`
    select steps.id as "stepId", runs.place, runs.address, runs.name, runs.status, runs.exit_code as "exitCode", runs.reason,
           done.id as "logOf", done.log_bytes as "logBytes", count(*) over () as total
      from host_steps steps
      join host_runs runs on runs.step_id = steps.id
      join host_runs done on done.id = coalesce(runs.from_run, runs.id)
     where steps.task_id = ${taskId} and steps.node_id = ${nodeId} and steps.loop = ${loop} and steps.retry = ${retry}
       and (${address ?? null}::text is null or runs.address = ${address ?? null})
     order by steps.ordinal, runs.place limit ${limit}`.execute(db);
  const runs = rows.map(({ total: _, logBytes, ...run }) => ({ ...run, logBytes: Number(logBytes) }));
  return { runs, total: Number(rows[0]?.total ?? 0) };
}
