import { hash } from 'node:crypto';
import type { TaskRecord } from '../../db/tasks';
import type { Standing } from '../../tasks/view/attempts';
import type { OutlineNode } from '../../tasks/view/outline';
import { type ReachedNode, WHOLE_TASK } from '../../tasks/view/states';
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
  reached: readonly ReachedNode[],
  { format, scheme }: { format: Format; scheme: StateScheme },
): StateNode {
  const stateOf = ({ raw_state: raw, children }: StateNode, node?: OutlineNode) =>
    showState[scheme]({ raw, children: Object.values(children).map(({ state }) => state), node });
  const root = rootNode(task, format);
  const shown: StateNode[] = [];
  for (const { node, attempt, within } of reached) {
    const parent = within === WHOLE_TASK ? root : shown[within]!;
    const child = childNode(task, node, attempt, parent.id, format);
    parent.children[node.id] = child;
    shown.push(child);
  }
  // From the inside out: what a node shows depends on the nodes in it.
  for (let place = shown.length - 1; place >= 0; place--) {
    const child = shown[place]!;
    child.state = stateOf(child, reached[place]!.node);
  }
  root.state = stateOf(root);
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
  attempt: Standing,
  parentId: string,
  format: Format,
): StateNode {
  return {
    id: node.id,
    'root_id:': task.root_node_id,
    root_id: task.root_node_id,
    parent_id: parentId,
    state: attempt.status,
    raw_state: attempt.status,
    name: node.type === 'activity' || node.type === 'subprocess' ? node.name : '',
    version: versionOf(task.id, node.id, attempt.loop, attempt.retry),
    loop: attempt.loop,
    retry: attempt.retry,
    skip: attempt.skip,
    error_ignorable: node.ignorable === true,
    error_ignored: attempt.errorIgnored,
    elapsed_time: elapsedSeconds(attempt.startedAt, attempt.finishedAt),
    start_time: format(attempt.startedAt),
    finish_time: format(attempt.finishedAt),
    waiting_for: attempt.waitingFor || undefined,
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
