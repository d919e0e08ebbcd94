import { type Cursor, MAX_ERROR_TOLD, readCursor } from '../../db/changes';
import type { Db } from '../../db/connection';
import { currentNodeExecutions } from '../../db/current-nodes';
import { findFailures } from '../../db/node-executions';
import { findProgramVersion, type TaskRecord } from '../../db/tasks';
import { requireTaskOf } from '../require-task';
import { findOutline, type Outline } from './outline';
import { type ReachedNode, reachedNodes } from './states';

/** A task and those of its nodes that were reached. */
export interface TaskView {
  task: TaskRecord;
  /** In the program's order, a page of them. */
  nodes: ReachedNode[];
  /** Why nodes have failed, by their ids, as far as that is told. */
  errors: ReadonlyMap<string, string>;
  /** How many nodes come before the next page; null: there is none. */
  next: number | null;
  /** Whoever goes on from here misses nothing that the rest does not show. */
  cursor: Cursor;
}

/**
 * How a task stands, with a page of its nodes.
 *
 * @param page `after`: so many nodes are left out at the beginning
 * @throws GantryError `not_found` for a task that is not of the project
 */
export async function readTask(
  db: Db,
  { projectId, taskId }: { projectId: number; taskId: number },
  { after, limit }: { after: number; limit: number },
): Promise<TaskView> {
  // First: what changes while the rest is read is told again.
  const cursor = await readCursor(db);
  const task = await requireTaskOf(db, projectId, taskId);
  const attempts = await currentNodeExecutions(db, taskId);
  const all = attempts.length > 0 ? reachedNodes(await outlineOf(db, taskId), attempts) : [];
  const nodes = all.slice(after, after + limit);
  const next = all.length > after + limit ? after + limit : null;
  return { task, nodes, errors: await errorsOf(db, taskId, nodes), next, cursor };
}

async function errorsOf(db: Db, taskId: number, nodes: readonly ReachedNode[]): Promise<Map<string, string>> {
  const hasFailed = nodes.some(({ attempt }) => attempt.status === 'FAILED');
  return new Map(Object.entries(hasFailed ? await findFailures(db, taskId, MAX_ERROR_TOLD) : {}));
}

async function outlineOf(db: Db, taskId: number): Promise<Outline> {
  return findOutline(db, taskId, await findProgramVersion(db, taskId));
}
