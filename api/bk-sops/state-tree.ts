import { createHash } from 'node:crypto';
import type { CurrentNodeExecution } from '../../db/node-executions';
import type { TaskRecord } from '../../db/tasks';
import type { PipelineTree } from '../../pipeline/tree/types';
import { elapsedSeconds } from './format';

/** A node of the answer of get_task_status (spec 7.4). */
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
  waiting_for?: string;
  children: Record<string, StateNode>;
}

type Format = (at: Date | null) => string | null;

/** The state tree of a started task: nodes that were reached, those of a subprocess under it. */
export function stateTree(
  task: TaskRecord,
  tree: PipelineTree,
  executions: CurrentNodeExecution[],
  format: Format,
): StateNode {
  const byId = new Map(executions.map((execution) => [execution.node_id, execution]));
  const children = childrenOf(task, tree, task.root_node_id, byId, format);
  const finishedAt = task.phase === 'ended' ? task.finished_at : null;
  return {
    id: task.root_node_id,
    state: shownState(task.status, children),
    raw_state: task.status,
    name: task.name,
    'root_id:': task.root_node_id,
    root_id: task.root_node_id,
    parent_id: task.root_node_id,
    version: versionOf(task.id, task.root_node_id, 1, 0),
    loop: 1,
    retry: 0,
    skip: false,
    error_ignorable: false,
    error_ignored: false,
    elapsed_time: elapsedSeconds(task.started_at, finishedAt),
    start_time: format(task.started_at),
    finish_time: format(finishedAt),
    children,
  };
}

function childrenOf(
  task: TaskRecord,
  tree: PipelineTree,
  parentId: string,
  executions: Map<string, CurrentNodeExecution>,
  format: Format,
): Record<string, StateNode> {
  const nodes: Record<string, StateNode> = {};
  const ids = [tree.start_event.id, ...Object.keys(tree.activities), ...Object.keys(tree.gateways), tree.end_event.id];
  for (const id of ids) {
    const execution = executions.get(id);
    if (!execution) continue;
    const activity = tree.activities[id];
    const children = activity?.type === 'SubProcess' ? childrenOf(task, activity.pipeline, id, executions, format) : {};
    nodes[id] = {
      id,
      state: shownState(execution.status, children),
      raw_state: execution.status,
      name: activity?.name ?? '',
      'root_id:': task.root_node_id,
      root_id: task.root_node_id,
      parent_id: parentId,
      version: versionOf(task.id, id, execution.loop, execution.retry),
      loop: execution.loop,
      retry: execution.retry,
      skip: execution.skip,
      error_ignorable: activity?.error_ignorable ?? false,
      error_ignored: execution.error_ignored,
      elapsed_time: elapsedSeconds(execution.started_at, execution.finished_at),
      start_time: format(execution.started_at),
      finish_time: format(execution.finished_at),
      ...(execution.waiting_for ? { waiting_for: execution.waiting_for } : {}),
      children,
    };
  }
  return nodes;
}

/** A running pipeline shows what its nodes need (spec 6.11, appendix F). */
function shownState(status: string, children: Record<string, StateNode>): string {
  const states = new Set(Object.values(children).map(({ state }) => state));
  if (status !== 'RUNNING') return status;
  if (states.has('FAILED')) return 'FAILED';
  return states.has('SUSPENDED') || states.has('NODE_SUSPENDED') ? 'NODE_SUSPENDED' : 'RUNNING';
}

/** A new one for every attempt: `v` and 32 hex digits. */
export function versionOf(taskId: number, nodeId: string, loop: number, retry: number): string {
  return `v${createHash('md5').update(`${taskId}/${nodeId}/${loop}/${retry}`).digest('hex')}`;
}
