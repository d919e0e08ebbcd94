import { hash } from 'node:crypto';
import type { CurrentNodeExecution } from '../../db/current-nodes';
import type { TaskRecord } from '../../db/tasks';
import type { Outline, OutlineNode } from '../../tasks/outline';
import { elapsedSeconds } from './format';
import { type StateScheme, showState } from './shown-state';

/** A node of the answer of get_task_status (bk-sops §7.4). */
export interface StateNode {
  id: string;
  /** As shown: a running pipeline shows what its nodes need. */
  state: string;
  /** Of the node itself. */
  raw_state: string;
  name: string;
  /** Upstream's key, with its colon; clients read it. */
  'root_id:': string;
  root_id: string;
  parent_id: string;
  version: string;
  loop: number;
  retry: number;
  skip: boolean;
  error_ignorable: boolean;
  error_ignored: boolean;
  elapsed_time: number;
  start_time: string | null;
  finish_time: string | null;
  /** In words, when the node waits. */
  waiting_for?: string | undefined;
  children: Record<string, StateNode>;
}

/** What is shown of a task that has not started (bk-sops §6.11). */
export const NOT_STARTED = {
  start_time: null,
  state: 'CREATED',
  retry: 0,
  skip: 0,
  finish_time: null,
  elapsed_time: 0,
  children: {},
} as const;

type Format = (at: Date | null) => string | null;

/** The state tree of a started task: nodes that were reached, those of a subprocess under it. */
export function stateTree(
  task: TaskRecord,
  program: Outline,
  executions: CurrentNodeExecution[],
  { format, scheme }: { format: Format; scheme: StateScheme },
): StateNode {
  const byId = new Map(executions.map((execution) => [execution.node_id, execution]));
  const root = rootNode(task, format);
  const owners: StateNode[] = [root];
  const reached: { shown: StateNode; node?: OutlineNode }[] = [{ shown: root }];
  // A subprocess stands before its own nodes, and its pipeline after the one around it.
  for (const node of program.nodes) {
    const execution = byId.get(node.id);
    const parent = owners[node.pipeline];
    if (!execution || !parent) continue;
    const shown = childNode(task, node, execution, parent.id, format);
    parent.children[node.id] = shown;
    reached.push({ shown, node });
    if (node.child !== undefined) owners[node.child] = shown;
  }
  // From the inside out: what a node shows depends on the nodes in it.
  for (const { shown, node } of reached.reverse()) {
    const children = Object.values(shown.children).map(({ state }) => state);
    shown.state = showState[scheme]({ raw: shown.raw_state, children, ...(node ? { node } : {}) });
  }
  return root;
}

/** The task itself, without its nodes; its state is its own. */
export function rootNode(task: TaskRecord, format: Format): StateNode {
  const finishedAt = task.phase === 'ended' ? task.finished_at : null;
  return {
    id: task.root_node_id,
    'root_id:': task.root_node_id,
    root_id: task.root_node_id,
    parent_id: task.root_node_id,
    state: task.status,
    raw_state: task.status,
    name: task.name,
    version: versionOf(task.id, task.root_node_id, 1, 0),
    loop: 1,
    retry: 0,
    skip: false,
    error_ignorable: false,
    error_ignored: false,
    elapsed_time: elapsedSeconds(task.started_at, finishedAt),
    start_time: format(task.started_at),
    finish_time: format(finishedAt),
    children: {},
  };
}

/**
 * One node of a task, without the nodes in it; its state is its own. Written out: tasks have thousands of nodes, and to
 * spread objects costs several times as much.
 */
export function childNode(
  task: TaskRecord,
  node: OutlineNode,
  execution: CurrentNodeExecution,
  parentId: string,
  format: Format,
): StateNode {
  return {
    id: node.id,
    'root_id:': task.root_node_id,
    root_id: task.root_node_id,
    parent_id: parentId,
    state: execution.status,
    raw_state: execution.status,
    name: node.type === 'activity' || node.type === 'subprocess' ? node.name : '',
    version: versionOf(task.id, node.id, execution.loop, execution.retry),
    loop: execution.loop,
    retry: execution.retry,
    skip: execution.skip,
    error_ignorable: node.ignorable === true,
    error_ignored: execution.error_ignored,
    elapsed_time: elapsedSeconds(execution.started_at, execution.finished_at),
    start_time: format(execution.started_at),
    finish_time: format(execution.finished_at),
    waiting_for: execution.waiting_for || undefined,
    children: {},
  };
}

/** The node of a state tree with this id; undefined when it was not reached. */
export function findStateNode(root: StateNode, id: string): StateNode | undefined {
  const queue = [root];
  for (const node of queue) {
    if (node.id === id) return node;
    queue.push(...Object.values(node.children));
  }
  return undefined;
}

/** A new one for every attempt: `v` and 32 hex digits. */
export function versionOf(taskId: number, nodeId: string, loop: number, retry: number): string {
  return `v${hash('md5', `${taskId}/${nodeId}/${loop}/${retry}`)}`;
}
