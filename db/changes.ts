import { type RawBuilder, sql } from 'kysely';
import type { Db } from './connection';
import type { CurrentNodeExecution } from './current-nodes';
import { type HostRunRecord, type PlacedRun, placedRuns, toPlaced } from './host-runs';
import type { HostStepRecord } from './host-steps';

/**
 * How far somebody has seen what is committed: a snapshot of the server's transactions, as it writes them. Transactions
 * are committed in another order than they begin in, so neither a number nor a time says that.
 */
export type Cursor = string;

/** The cursor of somebody who has seen nothing. */
export const SEEN_NOTHING: Cursor = '1:1:';

/** A server has some hundred connections, and each has at most one transaction under way. */
const MAX_CURSOR_LENGTH = 4096;
const CURSOR = /^(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19})*)?)$/;
/** Of the 64 bits that the server counts with. */
const MAX_XID = 2n ** 63n - 1n;

/** Whether a text that a client sends is a cursor: the server would refuse any other one with an error. */
export function isCursor(text: string): boolean {
  const [, xmin = '', xmax = '', underWay = ''] = (text.length <= MAX_CURSOR_LENGTH && CURSOR.exec(text)) || [];
  if (xmin === '') return false;
  const [least, most] = [BigInt(xmin), BigInt(xmax)];
  if (least < 1n || most < least || most > MAX_XID) return false;
  const xids = underWay === '' ? [] : underWay.split(',').map(BigInt);
  return xids.every((xid, at) => xid >= least && xid < most && (at === 0 || xid > xids[at - 1]!));
}

/** How far what is committed by now goes. */
export async function readCursor(db: Db): Promise<Cursor> {
  const { rows } = await sql<{ now: Cursor }>`select pg_current_snapshot()::text as now`.execute(db);
  return rows[0]!.now;
}

/** What of a task has changed since a cursor. */
export interface Look {
  /** As of when it is looked at: what is committed later is not in it. */
  now: Cursor;
  /** Where it was looked from: nothing, when the cursor is another server's. */
  since: Cursor;
  task: boolean;
  nodes: boolean;
  steps: boolean;
  runs: boolean;
  /** Nothing of it will change any more: it has ended, and so has all that it did on hosts. */
  isOver: boolean;
}

/** Looks whether anything of a task has changed since a cursor; undefined for a task that is not of the project. */
export async function lookForChanges(
  db: Db,
  { projectId, taskId }: { projectId: number; taskId: number },
  cursor: Cursor,
): Promise<Look | undefined> {
  const { rows } = await sql<Look>`
    with seen as materialized (
      select case when pg_snapshot_xmax(${cursor}::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
                  then ${cursor}::pg_snapshot else ${SEEN_NOTHING}::pg_snapshot end as cursor,
             pg_current_snapshot() as now
    )
    select seen.now::text as now, seen.cursor::text as since,
           ${isNew('tasks.changed_xid')} as task,
           exists (select from node_executions nodes
                    where nodes.task_id = tasks.id and ${isNew('nodes.changed_xid')}) as nodes,
           exists (select from host_steps steps
                    where steps.task_id = tasks.id and ${isNew('steps.changed_xid')}) as steps,
           exists (select from host_steps steps join host_runs runs on runs.step_id = steps.id
                    where steps.task_id = tasks.id and ${isNew('runs.changed_xid')}) as runs,
           tasks.phase = 'ended' and not exists (
             select from host_steps steps join host_runs runs on runs.step_id = steps.id
              where steps.task_id = tasks.id and runs.status in ('waiting', 'starting', 'running')) as "isOver"
      from tasks, seen
     where tasks.id = ${taskId} and tasks.project_id = ${projectId} and not tasks.is_deleted`.execute(db);
  return rows[0];
}

/**
 * Whether a row was changed after one cursor and not after another. The first condition is what an index is asked for. The last
 * one leaves out rows that were restored from another server and say transactions that are yet to come here: they would be
 * new at every look; of what nobody has seen yet all is new.
 */
function isBetween(column: string, since: RawBuilder<unknown>, now: RawBuilder<unknown>): RawBuilder<boolean> {
  const xid = sql.ref(column);
  return sql`(${xid} >= pg_snapshot_xmin(${since}) and not pg_visible_in_snapshot(${xid}, ${since})
              and ((${since})::text = ${SEEN_NOTHING} or pg_visible_in_snapshot(${xid}, ${now})))`;
}

const isNew = (column: string) => isBetween(column, sql`seen.cursor`, sql`seen.now`);

/** Rows that have changed after one cursor and not after another. */
export type Window = Pick<Look, 'since' | 'now'>;

function within(column: string, { since, now }: Window): RawBuilder<boolean> {
  return isBetween(column, sql`${since}::pg_snapshot`, sql`${now}::pg_snapshot`);
}

/** An attempt of a node that has changed, without inputs and outputs. */
export interface ChangedNode extends CurrentNodeExecution {
  /** Why it has failed, as far as that is told. */
  error: string | null;
}

/** Characters of it. */
export const MAX_ERROR_TOLD = 2_000;

/** Attempts of a task that have changed, those after another one in the order of their keys. */
export function listChangedNodes(
  db: Db,
  taskId: number,
  window: Window,
  { after, limit }: { after?: Pick<ChangedNode, 'nodeId' | 'loop' | 'retry'> | undefined; limit: number },
): Promise<ChangedNode[]> {
  const error = sql<string | null>`
    case when status = 'FAILED' then left(outputs ->> 'ex_data', ${MAX_ERROR_TOLD}::integer) end`;
  const changed = db
    .selectFrom('node_executions')
    .select(['node_id as nodeId', 'loop', 'retry', 'status', 'skip', 'error_ignored as errorIgnored'])
    .select(['started_at as startedAt', 'finished_at as finishedAt', 'waiting_for as waitingFor', error.as('error')])
    .where('task_id', '=', taskId)
    .where(within('changed_xid', window));
  const { nodeId, loop, retry } = after ?? {};
  const page = after ? changed.where(sql<boolean>`(node_id, loop, retry) > (${nodeId}, ${loop}, ${retry})`) : changed;
  return page.orderBy('node_id').orderBy('loop').orderBy('retry').limit(limit).execute();
}

/** Steps over hosts of a task that have changed, those after an id. */
export function listChangedSteps(
  db: Db,
  taskId: number,
  window: Window,
  { after, limit }: { after: number; limit: number },
): Promise<HostStepRecord[]> {
  return db
    .selectFrom('host_steps')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('id', '>', after)
    .where(within('changed_xid', window))
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Hosts of steps of a task that have changed, those after a step and a place in it. */
export async function listChangedRuns(
  db: Db,
  taskId: number,
  window: Window,
  { after, limit }: { after: Pick<HostRunRecord, 'step_id' | 'place'>; limit: number },
): Promise<PlacedRun[]> {
  const runs = await placedRuns(db)
    .innerJoin('host_steps', 'host_steps.id', 'runs.step_id')
    .where('host_steps.task_id', '=', taskId)
    .where(sql<boolean>`(runs.step_id, runs.place) > (${after.step_id}, ${after.place})`)
    .where(within('runs.changed_xid', window))
    .orderBy('runs.step_id')
    .orderBy('runs.place')
    .limit(limit)
    .execute();
  return runs.map(toPlaced);
}
