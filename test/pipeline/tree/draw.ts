import type { GatewayType, PipelineTree } from '../../../pipeline/tree/types';

const GATEWAYS = new Map<string, GatewayType>([
  ['x', 'ExclusiveGateway'],
  ['p', 'ParallelGateway'],
  ['c', 'ConditionalParallelGateway'],
  ['v', 'ConvergeGateway'],
]);

/**
 * A web tree from its flows. S and E are the events; a letter before a number tells a gateway: x exclusive, p parallel,
 * c conditional parallel, v converge; anything else is an activity. Flows are called f0, f1, ... in the order given.
 *
 * @example draw('S>a1 a1>E')
 */
export function draw(edges: string): PipelineTree {
  const pairs = edges.split(' ').map((edge) => edge.split('>') as [source: string, target: string]);
  const incoming = new Map<string, string[]>(pairs.flat().map((id) => [id, []]));
  const outgoing = new Map<string, string[]>(pairs.flat().map((id) => [id, []]));
  const tree: PipelineTree = {
    start_event: { id: 'S', type: 'EmptyStartEvent', name: '', incoming: '', outgoing: '' },
    end_event: { id: 'E', type: 'EmptyEndEvent', name: '', incoming: [], outgoing: '' },
    activities: {},
    gateways: {},
    flows: {},
    constants: {},
    outputs: [],
  };
  pairs.forEach(([source, target], index) => {
    const id = `f${index}`;
    outgoing.get(source)!.push(id);
    incoming.get(target)!.push(id);
    tree.flows[id] = { id, source, target, is_default: false };
  });
  for (const [id, enters] of incoming) {
    const leaves = outgoing.get(id)!;
    const type = GATEWAYS.get(/^([xpcv])\d/.exec(id)?.[1] ?? '');
    const base = { id, name: id, incoming: enters };
    if (id === 'S') tree.start_event.outgoing = leaves[0] ?? '';
    else if (id === 'E') tree.end_event.incoming = enters;
    else if (type === 'ConvergeGateway') tree.gateways[id] = { ...base, type, outgoing: leaves[0] ?? '' };
    else if (type === 'ParallelGateway') tree.gateways[id] = { ...base, type, outgoing: leaves };
    else if (type) {
      const conditions = Object.fromEntries(leaves.map((flow) => [flow, { evaluate: '1 == 1', name: flow }]));
      tree.gateways[id] = { ...base, type, outgoing: leaves, conditions };
    } else {
      const component = { code: 'bk_display', data: { bk_display_message: { hook: false, value: 'x' } } };
      tree.activities[id] = { ...base, type: 'ServiceActivity', outgoing: leaves[0] ?? '', component };
    }
  }
  return tree;
}

/** The tree with one of its activities turned into a subprocess around another tree. */
export function nest(outer: PipelineTree, id: string, inner: PipelineTree): PipelineTree {
  const { name, incoming, outgoing } = outer.activities[id]!;
  const activity = { id, name, incoming, outgoing, type: 'SubProcess' as const, template_id: 1, pipeline: inner };
  return { ...outer, activities: { ...outer.activities, [id]: activity } };
}
