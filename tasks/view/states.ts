import type { DbOrTransaction } from '../../db/connection';
import { type CurrentNodeExecution, currentNodeExecutions, currentNodeExecutionsOf } from '../../db/current-nodes';
import { findPrograms } from '../../db/tasks';
import type { Program } from '../../pipeline/program';
import type { Outline, OutlineNode } from './outline';

/** A node that was reached, as it stands. */
export interface ReachedNode {
  node: OutlineNode;
  /** Its newest one. */
  attempt: CurrentNodeExecution;
  /** Place in the list of the subprocess that the node stands in; `WHOLE_TASK` when it stands in none. */
  within: number;
}

/** In place of the place of a subprocess: the task itself; as it is where nothing is found. */
export const WHOLE_TASK = -1;

/** How the nodes of a task stand that were reached, in the order of `reachedNodes`. */
export async function readStates(
  db: DbOrTransaction,
  taskId: number,
  outline: Outline | Promise<Outline>,
): Promise<ReachedNode[]> {
  return reachedNodes(...(await Promise.all([outline, currentNodeExecutions(db, taskId)])));
}

/** The same of several started tasks, by task id, in two queries. */
export async function readStatesOf(
  db: DbOrTransaction,
  taskIds: readonly number[],
): Promise<Map<number, ReachedNode[]>> {
  const [programs, attempts] = await Promise.all([
    findPrograms<Program>(db, taskIds),
    currentNodeExecutionsOf(db, taskIds),
  ]);
  return new Map(taskIds.map((id) => [id, reachedNodes(programs.get(id)!, attempts.get(id) ?? [])]));
}

/**
 * Nodes that were reached, in the program's order: a subprocess stands before its own nodes, and its pipeline after the
 * one around it. A list and no tree: who shows it makes a tree of their own, and tasks have thousands of nodes.
 *
 * @param attempts the newest of each node
 */
export function reachedNodes({ nodes }: Outline, attempts: readonly CurrentNodeExecution[]): ReachedNode[] {
  const byNode = new Map(attempts.map((attempt) => [attempt.nodeId, attempt]));
  /** Of the subprocesses, by the index of their pipeline. */
  const places = [WHOLE_TASK];
  const reached: ReachedNode[] = [];
  for (const node of nodes) {
    const attempt = byNode.get(node.id);
    const within = places[node.pipeline];
    if (!attempt || within === undefined) continue;
    if (node.child !== undefined) places[node.child] = reached.length;
    reached.push({ node, attempt, within });
  }
  return reached;
}

/** Ids of the nodes that have failed in a subprocess, however deep; in the whole task when the id is no node's. */
export function failedWithin(nodes: readonly ReachedNode[], id: string): string[] {
  const inside = new Set([nodes.findIndex(({ node }) => node.id === id)]);
  const failed: string[] = [];
  for (const [at, { node, attempt, within }] of nodes.entries()) {
    if (!inside.has(within)) continue;
    inside.add(at);
    if (attempt.status === 'FAILED') failed.push(node.id);
  }
  return failed;
}
