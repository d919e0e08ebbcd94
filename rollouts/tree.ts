import type { Json } from '../pipeline/json';
import { MAX_NAME_LENGTH } from '../pipeline/tree/limits';
import type { PipelineTree, SubProcess } from '../pipeline/tree/types';
import { TreeDrawing } from './tree-drawing';

/** What the tree of a flow depends on: not on how many hosts or batches it has. */
export interface FlowLoop {
  flowId: number;
  /** Names of its steps. */
  steps: readonly string[];
  isAuto: boolean;
  soakSeconds: number;
  /** It waits for other flows before its last step. */
  isNeedy?: boolean;
}

/** Flows that are run in one task, each as a subprocess of its own. */
export interface FlowGroup {
  /** One after the other; the flows of each are run side by side. */
  stages: readonly (readonly PooledLoop[])[];
}

interface PooledLoop extends FlowLoop {
  poolName: string;
}

const { start: START, end: END } = TreeDrawing;

/**
 * The pipeline_tree of a flow: a loop whose size does not depend on the number of batches. Each round opens a batch, does the
 * steps on its hosts and closes it; then it is the next one's turn, after a while (`soakSeconds`) or when somebody lets it.
 */
export function treeOfFlow(loop: FlowLoop): Json {
  const drawing = new TreeDrawing();
  drawLoop(drawing, loop);
  return drawing.toTree();
}

/** The tree of flows that are run together; of a single one, that of the flow. */
export function treeOfGroup({ stages }: FlowGroup): Json {
  const [only, ...others] = stages.flat();
  if (others.length === 0) return treeOfFlow(only!);
  const drawing = new TreeDrawing();
  let before = START;
  for (const [number, stage] of stages.entries()) {
    const pools = stage.map((flow) =>
      drawing.subprocess(nodeId(flow, 'pool'), { name: shortened(flow.poolName), tree: treeOfFlow(flow) }),
    );
    const { entry, exit } = drawSideBySide(drawing, `stage_${number}`, pools);
    drawing.chain(before, entry);
    before = exit;
  }
  drawing.chain(before, END);
  return drawing.toTree();
}

/** What the nodes of a flow are called in its tree before they get ids of their own. */
function nodeId({ flowId }: Pick<FlowLoop, 'flowId'>, what: string): string {
  return `f${flowId}_${what}`;
}

const OWN = /^f(\d+)_/;

/** The nodes of flows in the tree of a task, and of each the one in which somebody lets the next batch begin. */
export function nodesOfFlows(tree: PipelineTree): Map<number, { nodeIds: string[]; gateNode: string }> {
  const found = new Map<number, { nodeIds: string[]; gateNode: string }>();
  for (const activity of Object.values(tree.activities)) {
    const submitted = activity.template_node_id ?? '';
    const flowId = Number(OWN.exec(submitted)?.[1]);
    const nodes = found.get(flowId) ?? { nodeIds: [], gateNode: '' };
    found.set(flowId, nodes);
    nodes.nodeIds.push(activity.id);
    if (submitted === nodeId({ flowId }, 'gate')) nodes.gateNode = activity.id;
    if (activity.type !== 'SubProcess') continue;
    for (const [id, inner] of nodesOfFlows((activity as SubProcess).pipeline)) {
      const known = found.get(id);
      found.set(id, { nodeIds: [...(known?.nodeIds ?? []), ...inner.nodeIds], gateNode: inner.gateNode });
    }
  }
  return found;
}

/** Draws the loop from the start to the end. */
function drawLoop(drawing: TreeDrawing, loop: FlowLoop): void {
  const { flowId: flow, steps, isAuto } = loop;
  const own = (code: string) => ({ code, version: '1.0', inputs: { flow } });
  const rendered = { batch: '${batch}' };
  const open = drawing.plugin(nodeId(loop, 'open'), { name: 'Open batch', ...own('rollout_open') });
  const close = drawing.plugin(nodeId(loop, 'close'), { name: 'Close batch', ...own('rollout_close'), rendered });
  const todo = steps.map((name, step) => {
    const inputs = { flow, step };
    return drawing.plugin(nodeId(loop, `step_${step}`), {
      name: shortened(name),
      ...own('rollout_step'),
      inputs,
      rendered,
    });
  });
  drawing.output('batch', open, 'batch');
  drawing.output('after', close, 'after');
  if (loop.isNeedy) {
    const wait = { name: 'Await pools', ...own('rollout_await'), rendered };
    todo.splice(-1, 0, drawing.plugin(nodeId(loop, 'await'), wait));
  }
  drawing.chain(START, open, ...todo, close);
  const again = drawWayBack(drawing, loop, open);
  const decision = drawing.gateway(nodeId(loop, 'more'), 'ExclusiveGateway', {
    [again]: `\${after} == "${isAuto ? 'next' : 'gate'}"`,
    [END]: '${after} == "end"',
  });
  drawing.chain(close, decision, again);
  drawing.chain(decision, END);
}

/** Soak or gate, or both; the node that the way back begins with. */
function drawWayBack(drawing: TreeDrawing, loop: FlowLoop, open: string): string {
  const { isAuto, soakSeconds } = loop;
  const way: string[] = [];
  if (!isAuto) {
    const description = 'the next batch';
    const gate = { name: 'Gate', code: 'pause_node', version: 'legacy', inputs: { description } };
    way.push(drawing.plugin(nodeId(loop, 'gate'), gate));
  }
  if (soakSeconds > 0) {
    const inputs = { bk_timing: String(soakSeconds) };
    way.push(drawing.plugin(nodeId(loop, 'soak'), { name: 'Soak', code: 'sleep_timer', version: 'legacy', inputs }));
  }
  drawing.chain(...way, open);
  return way[0] ?? open;
}

/** Draws nodes side by side; where that begins and ends. */
function drawSideBySide(drawing: TreeDrawing, id: string, nodes: readonly string[]): { entry: string; exit: string } {
  if (nodes.length === 1) return { entry: nodes[0]!, exit: nodes[0]! };
  const entry = drawing.gateway(`${id}_begin`, 'ParallelGateway');
  const exit = drawing.gateway(`${id}_end`, 'ConvergeGateway');
  for (const node of nodes) drawing.chain(entry, node, exit);
  return { entry, exit };
}

function shortened(name: string): string {
  return name.slice(0, MAX_NAME_LENGTH);
}
