import { TreeBuilder } from '../../cli/tree-builder';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { PersistentApi } from './api';

const PROJECT_ID = 1;
const PATIENCE_MS = 120_000;
/** How long marking nodes take: enough of them are under way whenever a fault hits. */
const NODE_MS = 1_200;

const KINDS = ['line', 'parallel', 'once', 'timer', 'callback', 'quick'] as const;
export type Kind = (typeof KINDS)[number];

/** A task of a round. */
export interface FaultTask {
  id: number;
  kind: Kind;
  /** Nodes that leave a mark each time that they run. */
  markingNodes: string[];
  /** The node that waits to be called back. */
  waitingNode: string | undefined;
  /** Whether the callback was answered "accepted". */
  isAccepted?: boolean;
}

/** Creates tasks of all kinds in turn, beginning with the `first` one. */
export async function createTasks(api: PersistentApi, count: number, first = 0): Promise<FaultTask[]> {
  const tasks: FaultTask[] = [];
  for (let index = first; index < first + count; index++) {
    const kind = KINDS[index % KINDS.length]!;
    const request = { name: kind, pipeline_tree: TREES[kind], scope: 'project' };
    const { result, data, message } = await api.call('POST', `fast_create_task/${PROJECT_ID}/`, request, PATIENCE_MS);
    if (!result) throw new Error(`fast_create_task: ${message}`);
    const { task_id: id, pipeline_tree: tree } = data as { task_id: number; pipeline_tree: PipelineTree };
    tasks.push({ id, kind, markingNodes: nodesOf(tree, /^bench_mark/), waitingNode: nodesOf(tree, /^pause_node$/)[0] });
  }
  return tasks;
}

/** Starts a task, and calls its waiting node back; each request is repeated until it has been answered. */
export async function drive(api: PersistentApi, task: FaultTask): Promise<void> {
  const started = await api.call('POST', `start_task/${task.id}/${PROJECT_ID}/`, { scope: 'project' }, PATIENCE_MS);
  // A start whose answer got lost was repeated, and is refused then.
  if (!started.result && !/already started/.test(started.message ?? ''))
    throw new Error(`start_task: ${started.message}`);
  if (!task.waitingNode) return;
  const callback = {
    node_id: task.waitingNode,
    callback_data: { task: task.id },
    request_id: `callback-${task.id}`,
    scope: 'project',
  };
  const answer = await api.call('POST', `node_callback/${task.id}/${PROJECT_ID}/`, callback, PATIENCE_MS);
  if (!answer.result) throw new Error(`node_callback: ${answer.message}`);
  task.isAccepted = true;
}

function nodesOf(tree: PipelineTree, code: RegExp): string[] {
  const nodes = Object.values(tree.activities);
  return nodes.filter((node) => 'component' in node && code.test(node.component.code)).map(({ id }) => id);
}

const TREES: Record<Kind, PipelineTree> = {
  line: line('bench_mark_idempotent', 4),
  parallel: fan(),
  once: line('bench_mark_once', 4),
  timer: new TreeBuilder()
    .activity('before', 'bench_mark_quick')
    .activity('wait', 'sleep_timer', { inputs: { bk_timing: '3' } })
    .activity('after', 'bench_mark_idempotent')
    .chain('S', 'before', 'wait', 'after', 'E')
    .build(),
  callback: new TreeBuilder()
    .activity('before', 'bench_mark_idempotent', { inputs: { ms: NODE_MS } })
    .activity('wait', 'pause_node')
    .activity('after', 'bench_mark_quick')
    .chain('S', 'before', 'wait', 'after', 'E')
    .build(),
  quick: line('bench_mark_quick', 20),
};

function line(code: string, count: number): PipelineTree {
  const ids = Array.from({ length: count }, (_, index) => `n${index}`);
  const tree = new TreeBuilder();
  for (const id of ids) tree.activity(id, code, code === 'bench_mark_quick' ? {} : { inputs: { ms: NODE_MS } });
  return tree.chain('S', ...ids, 'E').build();
}

function fan(): PipelineTree {
  const tree = new TreeBuilder().gateway('P', 'ParallelGateway').gateway('C', 'ConvergeGateway').chain('S', 'P');
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    tree.activity(id, 'bench_mark_idempotent', { inputs: { ms: 3 * NODE_MS } }).chain('P', id, 'C');
  }
  return tree.chain('C', 'E').build();
}
