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
}

/** A flow, and others that are run in the same task, each as a subprocess of its own. */
export interface FlowGroup extends FlowLoop {
  poolName: string;
  parts: readonly (FlowLoop & { poolName: string })[];
  /** When the parts are run: before its last step, or when it is done. */
  partsRun: 'before_last_step' | 'after';
}

const { start: START, end: END } = TreeDrawing;

/**
 * The pipeline_tree of a flow: a loop whose size does not depend on the number of batches. Each round opens a batch, does the
 * steps on its hosts and closes it; then it is the next one's turn, after a while (`soakSeconds`) or when somebody lets it.
 */
export function treeOfFlow(loop: FlowLoop): Json {
  const drawing = new TreeDrawing();
  drawLoop(drawing, loop, { onward: END });
  return drawing.toTree();
}

/** The tree of a flow with its parts, which are run side by side. */
export function treeOfGroup({ parts, partsRun, ...main }: FlowGroup): Json {
  if (parts.length === 0) return treeOfFlow(main);
  const drawing = new TreeDrawing();
  const pools = parts.map((part) =>
    drawing.subprocess(nodeId(part, 'pool'), { name: shortened(part.poolName), tree: treeOfFlow(part) }),
  );
  if (partsRun === 'before_last_step') {
    drawLoop(drawing, main, { onward: END, beforeLast: pools });
    return drawing.toTree();
  }
  const branches = pools.map((id) => [id]);
  const { entry, exit } = drawSideBySide(drawing, nodeId(main, 'parts'), branches);
  drawLoop(drawing, main, { onward: entry });
  drawing.chain(exit, END);
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

/** Draws the loop from the start to the node that follows it; `beforeLast`: what has to be over before its last step. */
function drawLoop(
  drawing: TreeDrawing,
  loop: FlowLoop,
  { onward, beforeLast = [] }: { onward: string; beforeLast?: readonly string[] },
): void {
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
  drawing.chain(START, open);
  if (beforeLast.length === 0) drawing.chain(open, ...todo, close);
  else {
    const first = todo.slice(0, -1);
    const branches = [...(first.length > 0 ? [first] : []), ...beforeLast.map((id) => [id])];
    const { entry, exit } = drawSideBySide(drawing, nodeId(loop, 'parts'), branches);
    drawing.chain(open, entry);
    drawing.chain(exit, ...todo.slice(-1), close);
  }
  const again = drawWayBack(drawing, loop, open);
  const decision = drawing.gateway(nodeId(loop, 'more'), 'ExclusiveGateway', {
    [again]: `\${after} == "${isAuto ? 'next' : 'gate'}"`,
    [onward]: '${after} == "end"',
  });
  drawing.chain(close, decision, again);
  drawing.chain(decision, onward);
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

/** Draws branches side by side; where they begin and end. */
function drawSideBySide(drawing: TreeDrawing, id: string, branches: readonly (readonly string[])[]) {
  if (branches.length === 1) {
    drawing.chain(...branches[0]!);
    return { entry: branches[0]![0]!, exit: branches[0]!.at(-1)! };
  }
  const entry = drawing.gateway(`${id}_begin`, 'ParallelGateway');
  const exit = drawing.gateway(`${id}_end`, 'ConvergeGateway');
  for (const branch of branches) drawing.chain(entry, ...branch, exit);
  return { entry, exit };
}

function shortened(name: string): string {
  return name.slice(0, MAX_NAME_LENGTH);
}
