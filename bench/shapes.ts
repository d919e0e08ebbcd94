import type { Catalog } from '../pipeline/catalog';
import { compile } from '../pipeline/compile';
import type { Program } from '../pipeline/program';
import type { PipelineTree, ServiceActivity } from '../pipeline/tree/types';

/** One plugin that does nothing: what is measured is everything around it. */
const noopCatalog: Catalog = (code, version) => ({
  code,
  version,
  work: { kind: 'plugin', code: 'noop', version, effect: 'none', timeoutMs: 3600_000, heartbeatMs: 10_000 },
});

/** `count` activities one after the other. */
export function serialProgram(count: number): Program {
  const tree = emptyTree();
  const ids = ['S', ...activityIds(count), 'E'];
  ids.slice(1).forEach((target, place) => {
    connect(tree, ids[place]!, target);
  });
  return compile(tree, noopCatalog);
}

/** `count` activities side by side. */
export function parallelProgram(count: number): Program {
  const tree = emptyTree();
  const gateway = { name: '', incoming: [], outgoing: [] as string[] };
  tree.gateways.P = { ...gateway, id: 'P', type: 'ParallelGateway', outgoing: [], converge_gateway_id: 'C' };
  tree.gateways.C = { ...gateway, id: 'C', type: 'ConvergeGateway', outgoing: '' };
  connect(tree, 'S', 'P');
  for (const id of activityIds(count)) {
    connect(tree, 'P', id);
    connect(tree, id, 'C');
  }
  connect(tree, 'C', 'E');
  return compile(tree, noopCatalog);
}

function activityIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}

function emptyTree(): PipelineTree {
  return {
    start_event: { id: 'S', type: 'EmptyStartEvent', name: '', incoming: '', outgoing: '' },
    end_event: { id: 'E', type: 'EmptyEndEvent', name: '', incoming: [], outgoing: '' },
    activities: {},
    gateways: {},
    flows: {},
    constants: {},
    outputs: [],
  };
}

/** Adds a flow, and the activities that it names. */
function connect(tree: PipelineTree, source: string, target: string): void {
  const id = `${source}_${target}`;
  tree.flows[id] = { id, source, target };
  for (const node of [source, target]) {
    if (node !== 'S' && node !== 'E' && !tree.gateways[node]) tree.activities[node] ??= activity(node);
  }
  if (source === 'S') tree.start_event.outgoing = id;
  else if (tree.activities[source]) tree.activities[source].outgoing = id;
  else {
    const gateway = tree.gateways[source]!;
    gateway.outgoing = gateway.type === 'ConvergeGateway' ? id : [...gateway.outgoing, id];
  }
}

function activity(id: string): ServiceActivity {
  return { id, type: 'ServiceActivity', name: id, incoming: [], outgoing: '', component: { code: 'noop', data: {} } };
}
