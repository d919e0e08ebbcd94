import { TreeBuilder } from '../cli/tree-builder';
import type { Catalog } from '../pipeline/catalog';
import { compile } from '../pipeline/compile';
import type { TaskContext } from '../pipeline/machine';
import type { Program } from '../pipeline/program';
import type { PipelineTree } from '../pipeline/tree/types';

/** A pipeline to measure, and what the hand-written workflow of the same shape is called with (workflows.ts). */
export interface Shape {
  name: string;
  /** Service nodes that run; gateways, events and subprocesses are extra. */
  nodes: number;
  tree: PipelineTree;
  byHand: { workflow: 'serialByHand' | 'parallelByHand' | 'gatewaysByHand' | 'nestedByHand'; argument: number };
}

const ORDINARY = 'bench_noop';
const QUICK = 'bench_quick';

/** `count` nodes one after the other. */
export function serial(count: number, code = ORDINARY, version = 'legacy'): Shape {
  const tree = new TreeBuilder();
  for (const id of ids(count)) tree.activity(id, code, { version });
  tree.chain('S', ...ids(count), 'E');
  return {
    name: `serial ${count}`,
    nodes: count,
    tree: tree.build(),
    byHand: { workflow: 'serialByHand', argument: count },
  };
}

/** `count` branches of one node each. */
export function parallel(count: number, code = ORDINARY): Shape {
  const tree = new TreeBuilder()
    .gateway('P', 'ParallelGateway', { converge_gateway_id: 'C' })
    .gateway('C', 'ConvergeGateway')
    .chain('S', 'P');
  for (const id of ids(count)) tree.activity(id, code).chain('P', id, 'C');
  tree.chain('C', 'E');
  return {
    name: `parallel ${count}`,
    nodes: count,
    tree: tree.build(),
    byHand: { workflow: 'parallelByHand', argument: count },
  };
}

/** `count` exclusive gateways in line, each choosing one of two nodes. */
export function gateways(count: number): Shape {
  const tree = new TreeBuilder();
  let last = 'S';
  for (let index = 0; index < count; index++) {
    const [gateway, converge, taken, passedBy] = [`X${index}`, `C${index}`, `n${index}`, `m${index}`];
    const conditions = {
      [`${gateway}_${taken}`]: { evaluate: `${index} >= 0` },
      [`${gateway}_${passedBy}`]: { evaluate: `${index} < 0` },
    };
    tree
      .gateway(gateway, 'ExclusiveGateway', { conditions, converge_gateway_id: converge })
      .gateway(converge, 'ConvergeGateway')
      .activity(taken, ORDINARY)
      .activity(passedBy, ORDINARY)
      .chain(last, gateway, taken, converge)
      .chain(gateway, passedBy, converge);
    last = converge;
  }
  tree.chain(last, 'E');
  return {
    name: `${count} exclusive gateways`,
    nodes: count,
    tree: tree.build(),
    byHand: { workflow: 'gatewaysByHand', argument: count },
  };
}

/** A node and a subprocess that again has a node and a subprocess, `depth` deep; the innermost has a node alone. */
export function nested(depth: number): Shape {
  return {
    name: `nested x${depth}`,
    nodes: depth + 1,
    tree: level(depth),
    byHand: { workflow: 'nestedByHand', argument: depth },
  };
}

function level(depth: number): PipelineTree {
  const tree = new TreeBuilder().activity('n', ORDINARY);
  if (depth === 0) return tree.chain('S', 'n', 'E').build();
  return tree
    .subprocess('sub', level(depth - 1))
    .chain('S', 'n', 'sub', 'E')
    .build();
}

/** As real pipelines are: of four nodes in line two are ordinary, one is quick and one is inline. */
export function mixed(count: number): Shape {
  const tree = new TreeBuilder();
  ids(count).forEach((id, index) => {
    if (index % 4 === 1) tree.activity(id, QUICK);
    else if (index % 4 === 3) tree.activity(id, 'bk_display', { version: '1.0' });
    else tree.activity(id, ORDINARY);
  });
  tree.chain('S', ...ids(count), 'E');
  return {
    name: `mixed ${count}`,
    nodes: count,
    tree: tree.build(),
    byHand: { workflow: 'serialByHand', argument: count },
  };
}

/** What the interpreter is told of the plugins of `plugins/`, where no worker with them is at hand. */
export const benchCatalog: Catalog = (code, version) => {
  if (code === 'bk_display') return { code, version, work: { kind: 'inline', builtin: 'done' } };
  const work = { kind: 'plugin' as const, code, version, effect: 'none' as const, ...TIMES };
  return { code, version, work: code === QUICK ? { ...work, quick: true } : work };
};

/** Of a task that runs where there is no server. */
export const BENCH_CONTEXT: TaskContext = { taskId: 1, system: {}, env: {}, zone: [[0, 0]] };

const TIMES = { timeoutMs: 3600_000, heartbeatMs: 10_000 };

/** A shape's program, compiled without a server. */
export function programOf({ tree }: Pick<Shape, 'tree'>): Program {
  return compile(tree, benchCatalog);
}

export function serialProgram(count: number): Program {
  return programOf(serial(count));
}

export function parallelProgram(count: number): Program {
  return programOf(parallel(count));
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}
