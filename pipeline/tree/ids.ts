import type { Gateway, PipelineTree } from './types';

/** Submitted id to new id. */
export type IdMap = Record<string, string>;

/**
 * Replaces every id of a tree and of its subprocesses, and whatever refers to one (spec section 3). `template_node_id`
 * and ids inside plugin inputs stay.
 *
 * @param newId makes an id that occurs nowhere else
 */
export function replaceIds(
  tree: PipelineTree,
  newId: (kind: 'node' | 'flow') => string,
): { tree: PipelineTree; ids: IdMap } {
  const copy = structuredClone(tree);
  const all: IdMap = Object.create(null);
  copy.id = newId('node');
  const queue = [copy];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const ids = replaceInPipeline(next, newId);
    Object.assign(all, ids);
    for (const activity of Object.values(next.activities)) {
      if (activity.type !== 'SubProcess') continue;
      activity.pipeline.id = activity.id;
      queue.push(activity.pipeline);
    }
  }
  return { tree: copy, ids: all };
}

/** One pipeline: ids are unique within it, so two subprocesses may have used the same ones. */
function replaceInPipeline(tree: PipelineTree, newId: (kind: 'node' | 'flow') => string): IdMap {
  const ids: IdMap = Object.create(null);
  for (const id of [
    tree.start_event.id,
    tree.end_event.id,
    ...Object.keys(tree.activities),
    ...Object.keys(tree.gateways),
  ]) {
    ids[id] = newId('node');
  }
  for (const id of Object.keys(tree.flows)) ids[id] = newId('flow');
  const map = (id: string) => ids[id] ?? id;

  for (const element of [
    tree.start_event,
    tree.end_event,
    ...Object.values(tree.activities),
    ...Object.values(tree.gateways),
  ]) {
    element.id = map(element.id);
    element.incoming = mapRefs(element.incoming, map) as typeof element.incoming;
    element.outgoing = mapRefs(element.outgoing, map) as typeof element.outgoing;
  }
  for (const flow of Object.values(tree.flows)) {
    flow.id = map(flow.id);
    flow.source = map(flow.source);
    flow.target = map(flow.target);
  }
  for (const gateway of Object.values(tree.gateways)) replaceInGateway(gateway, map);
  for (const constant of Object.values(tree.constants)) {
    if (constant.source_info) constant.source_info = mapKeys(constant.source_info, map);
  }
  for (const location of tree.location ?? []) location.id = map(location.id);
  for (const line of tree.line ?? []) {
    line.id = map(line.id);
    line.source.id = map(line.source.id);
    line.target.id = map(line.target.id);
  }
  tree.activities = mapKeys(tree.activities, map);
  tree.gateways = mapKeys(tree.gateways, map);
  tree.flows = mapKeys(tree.flows, map);
  return ids;
}

function replaceInGateway(gateway: Gateway, map: (id: string) => string): void {
  if (gateway.conditions) gateway.conditions = mapKeys(gateway.conditions, map);
  if (gateway.default_condition) gateway.default_condition.flow_id = map(gateway.default_condition.flow_id);
  if (gateway.converge_gateway_id) gateway.converge_gateway_id = map(gateway.converge_gateway_id);
}

function mapRefs(refs: string | string[], map: (id: string) => string): string | string[] {
  return Array.isArray(refs) ? refs.map(map) : map(refs);
}

function mapKeys<T>(record: Record<string, T>, map: (id: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [map(key), value]));
}
