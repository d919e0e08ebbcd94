import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';
import type { HostRunEnd } from './host-run-ends';
import type { HostRunRecord } from './host-runs';
import { HAS_ENDED } from './host-runs';

/** Begins what waits in a step that reaches no host: nobody else gets it. */
export async function beginUnreached(db: DbOrTransaction, stepId: number): Promise<void> {
  await sql`
    update host_runs set status = 'running', part = 0, started_at = now() where step_id = ${stepId} and status = 'waiting'`.execute(
    db,
  );
}

/** Those that are under way in a step that reaches no host, in the order of its hosts. */
export function listUnreached(db: DbOrTransaction, stepId: number): Promise<HostRunRecord[]> {
  const runs = db.selectFrom('host_runs').selectAll().where('step_id', '=', stepId);
  return runs.where('status', '=', 'running').orderBy('place').execute();
}

/** Ends runs that are under way in a step that reaches no host, with what is said of each in its log. */
export async function endUnreached(
  db: DbOrTransaction,
  runIds: readonly string[],
  { status, reason, log }: { status: HostRunEnd; reason: string; log: string },
): Promise<void> {
  await addToLogs(db, runIds, log);
  await sql`
    update host_runs set status = ${status}, reason = ${reason}, exit_code = ${status === 'ok' ? 0 : null}, ended_at = now()
     where id = any(${runIds}::bigint[]) and status = 'running'`.execute(db);
}

/** Puts a text at the end of the logs of runs that are under way. */
export async function addToLogs(db: DbOrTransaction, runIds: readonly string[], text: string): Promise<void> {
  if (text === '') return;
  const bytes = Buffer.from(text);
  await sql`
    with grown as (
      update host_runs set log_bytes = log_bytes + ${bytes.length}
       where id = any(${runIds}::bigint[]) and status = 'running' returning id, log_bytes
    )
    insert into host_logs (run_id, at_byte, bytes) select id, log_bytes - ${bytes.length}, ${bytes} from grown`.execute(
    db,
  );
}

/** Has what is under way tried again under another key. */
export async function tryUnreachedAgain(db: DbOrTransaction, runId: string, hostTry: number): Promise<void> {
  await sql`
    update host_runs set host_try = host_try + 1
     where id = ${runId} and host_try = ${hostTry} and status = 'running'`.execute(db);
}

/** Ends what reaches no host and was under way in attempts that are over: nobody does it any more. */
export async function endGivenUp(db: DbOrTransaction): Promise<void> {
  await sql`
    update host_runs runs
       set status = case when steps.kind = 'local' then 'cancelled' else 'lost' end,
           reason = case when steps.kind = 'local' then 'its node had ended before'
                         else 'its node had ended before its provider had said what came of it' end,
           ended_at = now()
      from host_steps steps join node_executions nodes using (task_id, node_id, loop, retry)
     where steps.id = runs.step_id and steps.kind <> 'script' and runs.status in ('starting', 'running') and ${HAS_ENDED}`.execute(
    db,
  );
}
