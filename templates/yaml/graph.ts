import type { FlowDocument, FlowNode } from './document';

const BRANCHING = new Set(['ExclusiveGateway', 'ConditionalParallelGateway', 'ParallelGateway']);
const DECIDING = new Set(['ExclusiveGateway', 'ConditionalParallelGateway']);

/** A node and the nodes that follow it. */
export interface Placed {
  node: FlowNode;
  targets: string[];
}

/**
 * Which node follows which: those that a node names, those that its conditions lead to, else the next one of the list.
 *
 * @param report hears of everything that is wrong with the graph as it is written; the rest is the tree's check
 */
export function placeNodes({ meta, spec }: FlowDocument, report: (problem: string) => void): Placed[] {
  const ids = new Map<string, FlowNode['type']>();
  const say = (node: FlowNode, problem: string) => report(`document ${meta.id}, node ${node.id}: ${problem}`);
  for (const node of spec.nodes) {
    if (ids.has(node.id)) say(node, 'its id is that of another node, too');
    ids.set(node.id, node.type);
  }
  for (const type of ['EmptyStartEvent', 'EmptyEndEvent']) {
    const count = spec.nodes.filter((node) => node.type === type).length;
    if (count !== 1) report(`document ${meta.id}: it has ${count} nodes of type ${type}, and needs one`);
  }
  return spec.nodes.map((node, index) => {
    const targets = targetsOf(node, spec.nodes[index + 1]);
    checkNode(node, targets, ids, (problem) => say(node, problem));
    return { node, targets };
  });
}

function targetsOf(node: FlowNode, following: FlowNode | undefined): string[] {
  if (node.next) return node.next;
  if (node.type === 'EmptyEndEvent') return [];
  const decided = DECIDING.has(node.type) ? branchesOf(node) : [];
  return decided.length > 0 ? decided : following ? [following.id] : [];
}

/** The nodes that a gateway has conditions for, or leads to without one. */
function branchesOf({ conditions, default_condition }: FlowNode): string[] {
  return [...Object.keys(conditions ?? {}), ...Object.keys(default_condition ?? {})];
}

function checkNode(
  node: FlowNode,
  targets: string[],
  ids: ReadonlyMap<string, FlowNode['type']>,
  say: (problem: string) => void,
): void {
  const { type, name, component, template_id } = node;
  if ((type === 'ServiceActivity' || type === 'SubProcess') && !name) say('it needs a name');
  if (type === 'ServiceActivity' && !component) say('it needs a component');
  if (type === 'SubProcess' && template_id === undefined) say('it needs a template_id');
  if (type === 'EmptyEndEvent' && targets.length > 0) say('nothing follows the end');
  if (type !== 'EmptyEndEvent' && targets.length === 0) say('it needs a next: no node follows it in the list');
  if (targets.length > 1 && !BRANCHING.has(type)) say('only one node may follow it');
  for (const target of targets) {
    if (!ids.has(target)) say(`its next ${target} is no node`);
    if (ids.get(target) === 'EmptyStartEvent') say(`its next ${target} is the start, which nothing may lead to`);
  }
  if (new Set(targets).size < targets.length) say('its next names a node twice');
  if (!DECIDING.has(type)) return;
  const branches = branchesOf(node);
  const [decided, followed] = [new Set(branches), new Set(targets)];
  if (Object.keys(node.default_condition ?? {}).length > 1) say('it has more than one default_condition');
  if (decided.size < branches.length) say('its default_condition has a condition, too');
  for (const target of branches)
    if (!followed.has(target)) say(`its condition for ${target}: that is none of its next`);
  for (const target of targets) {
    if (ids.has(target) && !decided.has(target)) say(`its next ${target} has no condition and is not the default`);
  }
}
