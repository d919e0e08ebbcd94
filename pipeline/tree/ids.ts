import { isJsonObject } from '../json';
import { own } from './own';
import type { Activity, Constant, Flow, Gateway, PipelineTree } from './types';

/** @param old the submitted id; that of the tree itself may be absent */
export type NewId = (kind: 'node' | 'flow', old: string | undefined) => string;

/** Submitted id to new id. */
export type IdMap = ReadonlyMap<string, string>;

/**
 * Gives every node and flow of a canonical tree a new id, and the tree itself, in the nested trees too (bk-sops §3).
 * Everything that refers to an id follows; `template_node_id` keeps the submitted one.
 *
 * @returns the new tree, and the old ids with their new ones. Where an id of a subprocess occurs further out too, `ids` has
 *   the outer one.
 * @throws Error when something refers to a node or flow that does not exist: validation refuses such a tree
 */
export function replaceIds(tree: PipelineTree, newId: NewId): { tree: PipelineTree; ids: IdMap } {
  const all = new Map<string, string>();
  const result = replaceInTree(tree, { id: newId('node', tree.id), newId });
  const queue = [result];
  for (const { tree, ids } of queue) {
    for (const [old, fresh] of ids) if (!all.has(old)) all.set(old, fresh);
    for (const activity of Object.values(tree.activities)) {
      if (activity.type !== 'SubProcess' || !activity.pipeline) continue;
      const inner = replaceInTree(activity.pipeline, { id: activity.id, newId });
      activity.pipeline = inner.tree;
      queue.push(inner);
    }
  }
  return { tree: result.tree, ids: all };
}

interface Replaced {
  tree: PipelineTree;
  ids: IdMap;
}

/** One tree; those nested in it are only carried along. */
function replaceInTree(tree: PipelineTree, { id, newId }: { id: string; newId: NewId }): Replaced {
  const nodes = new Map<string, string>();
  const flows = new Map<string, string>();
  for (const old of [tree.start_event.id, tree.end_event.id]) nodes.set(old, newId('node', old));
  for (const old of Object.keys(tree.activities)) nodes.set(old, newId('node', old));
  for (const old of Object.keys(tree.gateways)) nodes.set(old, newId('node', old));
  for (const old of Object.keys(tree.flows)) flows.set(old, newId('flow', old));

  const rename = new Renamer(nodes, flows);
  const replaced: PipelineTree = {
    ...tree,
    id,
    start_event: rename.ends(tree.start_event, rename.node(tree.start_event.id)),
    end_event: rename.ends(tree.end_event, rename.node(tree.end_event.id)),
    activities: rename.map(tree.activities, nodes, (activity, fresh): Activity => rename.ends(activity, fresh)),
    gateways: rename.map(tree.gateways, nodes, (gateway, fresh) => rename.gateway(gateway, fresh)),
    flows: rename.map(tree.flows, flows, (flow, fresh) => rename.edge(flow, fresh)),
    constants: Object.fromEntries(Object.entries(tree.constants).map(([key, value]) => [key, rename.constant(value)])),
  };
  rename.canvas(replaced);
  return { tree: replaced, ids: new Map([...nodes, ...flows]) };
}

class Renamer {
  constructor(
    private readonly nodes: IdMap,
    private readonly flows: IdMap,
  ) {}

  node(old: string): string {
    return found(this.nodes, old, 'node');
  }

  flow(old: string): string {
    return found(this.flows, old, 'flow');
  }

  /** Re-keys a map of elements. */
  map<T>(elements: Record<string, T>, ids: IdMap, replace: (element: T, fresh: string) => T): Record<string, T> {
    // Not `Object.fromEntries`: with a thousand keys that nobody has seen before it takes six times as long.
    const replaced: Record<string, T> = {};
    for (const [old, element] of Object.entries(elements)) {
      const fresh = found(ids, old, 'element');
      replaced[fresh] = replace(element, fresh);
    }
    return replaced;
  }

  ends<T extends { id: string; incoming: string | string[]; outgoing: string | string[] }>(
    element: T,
    fresh: string,
  ): T {
    const incoming = this.#flowRefs(element.incoming);
    return { ...element, id: fresh, incoming, outgoing: this.#flowRefs(element.outgoing) };
  }

  gateway(gateway: Gateway, fresh: string): Gateway {
    const replaced = this.ends(gateway, fresh);
    const { conditions, default_condition, converge_gateway_id } = gateway;
    if (conditions) {
      const renamed = Object.entries(conditions).map(([flow, condition]) => [this.flow(flow), condition] as const);
      replaced.conditions = Object.fromEntries(renamed);
    }
    if (default_condition) {
      replaced.default_condition = { ...default_condition, flow_id: this.flow(default_condition.flow_id) };
    }
    if (converge_gateway_id !== undefined) replaced.converge_gateway_id = this.node(converge_gateway_id);
    return replaced;
  }

  edge(flow: Flow, fresh: string): Flow {
    return { ...flow, id: fresh, source: this.node(flow.source), target: this.node(flow.target) };
  }

  constant(constant: Constant): Constant {
    if (!constant.source_info) return constant;
    // Constants that are not outputs may name nodes that have been deleted (consistency lets them pass).
    const sources = Object.entries(constant.source_info).flatMap(([old, fields]) => {
      const fresh = this.nodes.get(old);
      return fresh === undefined ? [] : [[fresh, fields] as const];
    });
    return { ...constant, source_info: Object.fromEntries(sources) };
  }

  /** The drawing and the labels. They are not validated: what belongs to no element of the tree any more is dropped. */
  canvas(tree: PipelineTree): void {
    tree.location = tree.location?.flatMap((location) => {
      const id = this.nodes.get(location.id);
      return id === undefined ? [] : [{ ...location, id }];
    });
    tree.line = tree.line?.flatMap((line) => {
      const id = this.flows.get(line.id);
      const source = this.nodes.get(line.source.id);
      const target = this.nodes.get(line.target.id);
      if (id === undefined || source === undefined || target === undefined) return [];
      return [{ ...line, id, source: { ...line.source, id: source }, target: { ...line.target, id: target } }];
    });
    if (tree.location === undefined) delete tree.location;
    if (tree.line === undefined) delete tree.line;
    const labels = own<unknown>({ ...tree }, 'labels');
    if (!isJsonObject(labels)) return;
    const renamed = Object.entries(labels).map(([id, label]) => [this.nodes.get(id) ?? id, label] as const);
    Object.assign(tree, { labels: Object.fromEntries(renamed) });
  }

  #flowRefs<T extends string | string[]>(refs: T): T {
    // TypeScript cannot follow that a string gives a string and an array an array.
    if (typeof refs === 'string') return (refs === '' ? refs : this.flow(refs)) as T;
    return refs.map((flow) => this.flow(flow)) as T;
  }
}

function found(ids: IdMap, old: string, what: string): string {
  const fresh = ids.get(old);
  if (fresh === undefined) throw new Error(`the tree refers to ${what} '${old}', which does not exist`);
  return fresh;
}
