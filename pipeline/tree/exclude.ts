import { deepCopy } from './copy';
import { flowIds, own } from './own';
import type { Gateway, PipelineTree } from './types';

/** Nodes were to be left out that are no activities of the tree, or that are not optional. */
export class ExclusionError extends Error {
  override name = 'ExclusionError';

  constructor(readonly problems: readonly { nodeId: string; message: string }[]) {
    super(problems.map(({ message }) => message).join('\n'));
  }
}

/**
 * A copy of a canonical tree without some of its optional activities: what led to one leads to what came after it. Parallel
 * gateways lose the branches that have become empty, and go when none is left (bk-sops §3.2). Ids stay; whether what
 * remains can run is validation's to say.
 *
 * @throws ExclusionError naming every node that cannot be left out
 */
export function excludeNodes(tree: PipelineTree, nodeIds: readonly string[]): PipelineTree {
  const ids = new Set(nodeIds);
  requireOptional(tree, ids);
  const copy = deepCopy(tree) as PipelineTree;
  if (ids.size === 0) return copy;
  for (const id of ids) bypass(copy, id);
  dropEmptyBranches(copy);
  redraw(copy);
  return copy;
}

function requireOptional({ activities }: PipelineTree, ids: ReadonlySet<string>): void {
  const problems = [...ids].flatMap((nodeId) => {
    const activity = own(activities, nodeId);
    if (!activity) return [{ nodeId, message: `task node[id=${nodeId}] is not in template pipeline tree` }];
    return activity.optional === true ? [] : [{ nodeId, message: `task node[id=${nodeId}] is not optional` }];
  });
  if (problems.length > 0) throw new ExclusionError(problems);
}

function bypass(tree: PipelineTree, id: string): void {
  const { incoming, outgoing } = tree.activities[id]!;
  delete tree.activities[id];
  lead(tree, incoming, outgoing);
}

/** Leads flows to where another one leads, in its place; the node there. */
function lead(tree: PipelineTree, flows: readonly string[], instead: string): string {
  const target = tree.flows[instead]!.target;
  const node = nodeOf(tree, target);
  node.incoming = flowIds(node.incoming).flatMap((flow) => (flow === instead ? flows : [flow]));
  for (const flow of flows) tree.flows[flow]!.target = target;
  delete tree.flows[instead];
  return target;
}

function nodeOf({ activities, gateways, end_event }: PipelineTree, id: string): { incoming: string | string[] } {
  return own(activities, id) ?? own(gateways, id) ?? end_event;
}

/** A block that goes may leave an empty branch to the block around it, which is then looked at again. */
function dropEmptyBranches(tree: PipelineTree): void {
  const parallels = Object.values(tree.gateways).filter(({ type }) => type === 'ParallelGateway');
  const owners = new Map<string, Gateway[]>();
  for (const gateway of parallels) {
    const converge = gateway.converge_gateway_id ?? '';
    owners.set(converge, [...(owners.get(converge) ?? []), gateway]);
  }
  const waiting = new Set(parallels);
  // What is added to a set while it is walked through comes last.
  for (const gateway of waiting) {
    waiting.delete(gateway);
    const converge = own(tree.gateways, gateway.converge_gateway_id ?? '');
    if (!converge || !own(tree.gateways, gateway.id)) continue;
    for (const around of owners.get(shorten(tree, gateway, converge) ?? '') ?? []) waiting.add(around);
  }
}

/** Drops the branches that lead straight to the converge; with the last one both go. Then: where it goes on. */
function shorten(tree: PipelineTree, gateway: Gateway, converge: Gateway): string | undefined {
  const branches = flowIds(gateway.outgoing);
  const empty = new Set(branches.filter((flow) => tree.flows[flow]!.target === converge.id));
  gateway.outgoing = branches.filter((flow) => !empty.has(flow));
  converge.incoming = converge.incoming.filter((flow) => !empty.has(flow));
  for (const flow of empty) delete tree.flows[flow];
  if (gateway.outgoing.length > 0) return undefined;
  delete tree.gateways[gateway.id];
  delete tree.gateways[converge.id];
  return lead(tree, [...gateway.incoming, ...converge.incoming], flowIds(converge.outgoing)[0]!);
}

/** Takes out of the drawing what is gone, and lets its lines end where the flows do. */
function redraw(tree: PipelineTree): void {
  const nodes = new Set([
    tree.start_event.id,
    tree.end_event.id,
    ...Object.keys(tree.activities),
    ...Object.keys(tree.gateways),
  ]);
  // Templates of before all fields were checked may have anything there.
  if (Array.isArray(tree.location)) tree.location = tree.location.filter((one) => nodes.has(one?.id));
  if (!Array.isArray(tree.line)) return;
  tree.line = tree.line.flatMap((line) => {
    const flow = own(tree.flows, line?.id);
    return flow ? [{ ...line, target: { ...line.target, id: flow.target } }] : [];
  });
}
