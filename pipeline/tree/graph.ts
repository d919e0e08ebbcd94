import { flowIds, own } from './own';
import type { Problem } from './problem';
import type { PipelineTree } from './types';

/** A tree as numbers: everything after this works on arrays, so ids like `constructor` mean nothing to it. */
export interface Graph {
  nodes: GraphNode[];
  start: number;
  end: number;
}

export interface GraphNode {
  id: string;
  type: string;
  /** Indexes of the nodes that the incoming flows come from; -1 for a source that does not exist (upstream accepts it). */
  sources: number[];
  /** Indexes of the nodes that the outgoing flows lead to, in the order of `outgoing`. */
  targets: number[];
}

export type GraphResult = { graph: Graph; problems: [] } | { graph?: undefined; problems: Problem[] };

const PARALLEL_TYPES = new Set(['ParallelGateway', 'ConditionalParallelGateway']);

export function isParallel(node: GraphNode): boolean {
  return PARALLEL_TYPES.has(node.type);
}

export function isConverge(node: GraphNode): boolean {
  return node.type === 'ConvergeGateway';
}

/** A gateway that needs matching: every gateway but a converge. */
export function isBranching(node: GraphNode): boolean {
  return node.type === 'ExclusiveGateway' || isParallel(node);
}

export function isActivity(node: GraphNode): boolean {
  return node.type === 'ServiceActivity' || node.type === 'SubProcess';
}

/**
 * Follows `outgoing` and `incoming` through the flows; every reference that leads nowhere is a `key_error`
 * (bk-sops §2.4).
 */
export function buildGraph(tree: PipelineTree): GraphResult {
  const problems: Problem[] = [];
  const report = (nodeId: string, message: string) =>
    problems.push({ stage: 'graph', kind: 'key_error', nodeId, message: `node ${nodeId}: ${message}` });
  const elements: [id: string, element: { type: string; incoming?: unknown; outgoing?: unknown }][] = [
    [tree.start_event.id, tree.start_event],
    [tree.end_event.id, tree.end_event],
    ...Object.entries(tree.activities),
    ...Object.entries(tree.gateways),
  ];
  const indexes = new Map<string, number>();
  const nodes = elements.map(([id, { type }], index): GraphNode => {
    if (indexes.has(id)) report(id, `the id '${id}' is used by two nodes`);
    else indexes.set(id, index);
    return { id, type, sources: [], targets: [] };
  });

  if (!tree.flows) problems.push({ stage: 'graph', kind: 'key_error', message: "the tree has no 'flows'" });
  elements.forEach(([id, element], index) => {
    const node = nodes[index]!;
    for (const side of ['incoming', 'outgoing'] as const) {
      if (element[side] === undefined) report(id, `'${side}' is missing`);
    }
    for (const flowId of flowIds(element.incoming)) {
      const flow = own(tree.flows, flowId);
      if (!flow) report(id, `incoming names the flow '${flowId}', which does not exist`);
      else node.sources.push(indexes.get(flow.source) ?? -1);
    }
    for (const flowId of flowIds(element.outgoing)) {
      const flow = own(tree.flows, flowId);
      const target = flow && indexes.get(flow.target);
      if (!flow) report(id, `outgoing names the flow '${flowId}', which does not exist`);
      else if (target === undefined) report(id, `flow '${flowId}' leads to '${flow.target}', which does not exist`);
      else node.targets.push(target);
    }
  });

  return problems.length > 0 ? { problems } : { graph: { nodes, start: 0, end: 1 }, problems: [] };
}
