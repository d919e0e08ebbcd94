import type { Json, JsonObject } from '../json';
import type { Meter } from '../language/python/limits';
import type { NodeInput, Program } from '../program';
import { resolveTyped } from '../variable-types';
import { Frame } from './frame';
import { createState, type TaskContext } from './state';
import { storeValue, Variables } from './variables';

/** What is known of a task when nobody runs it. */
export interface Known {
  program: Program;
  context: TaskContext;
  /** Outputs of the nodes that have been executed, by node id. */
  outputs: ReadonlyMap<string, JsonObject>;
  /** Ms since the epoch. */
  at: number;
}

/**
 * Inputs of a node as they would be rendered now, before it is reached: parameters of the subprocesses around it come
 * from their parents, outputs from the nodes that have been executed. An input that cannot be rendered is left out. All of
 * it together may cost what the node itself may.
 */
export function previewInputs({ program, context, outputs, at }: Known, index: number): JsonObject {
  const state = createState(program, context);
  const frame = new Frame(program, state, at);
  for (const node of program.nodes) {
    const known = 'exports' in node ? outputs.get(node.id) : undefined;
    if (!known || !('exports' in node)) continue;
    const { values } = state.pipelines[node.pipeline]!;
    for (const [field, variable] of node.exports) {
      if (Object.hasOwn(known, field)) values[variable] = known[field]!;
    }
  }
  const meter = frame.newMeter();
  for (const owner of ownersOf(program, index)) enter(frame, owner, meter);
  const node = program.nodes[index]!;
  const scope = new Variables(frame, node.pipeline, meter);
  const rendered = Object.entries(inputsOf(program, index)).flatMap(([name, input]): [string, Json][] => {
    const value = attempt(() => scope.input(input));
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(rendered);
}

/** Nodes whose outputs the preview of a node may need: those that set variables of the pipelines around it. */
export function exportingNodes(program: Program, index: number): string[] {
  const around = new Set([index, ...ownersOf(program, index)].map((node) => program.nodes[node]!.pipeline));
  return program.nodes.flatMap((node) =>
    'exports' in node && node.exports.length > 0 && around.has(node.pipeline) ? [node.id] : [],
  );
}

function inputsOf(program: Program, index: number): Record<string, NodeInput> {
  const node = program.nodes[index]!;
  if (node.type === 'activity') return node.inputs;
  if (node.type === 'subprocess') return Object.fromEntries(node.params.map(({ name, input }) => [name, input]));
  return {};
}

/** The subprocesses around a node, outermost first. */
function ownersOf(program: Program, index: number): number[] {
  const owners: number[] = [];
  for (let at = program.pipelines[program.nodes[index]!.pipeline]!.owner; at >= 0; ) {
    owners.unshift(at);
    at = program.pipelines[program.nodes[at]!.pipeline]!.owner;
  }
  return owners;
}

function enter(frame: Frame, owner: number, meter: Meter): void {
  const node = frame.node(owner);
  if (node.type !== 'subprocess') return;
  const parent = new Variables(frame, node.pipeline, meter);
  const child = frame.state.pipelines[node.child]!;
  for (const { name, input, type } of node.params) {
    const value = attempt(() =>
      type ? resolveTyped(type, parent.input(input), frame.ambient, meter) : parent.argument(input),
    );
    if (value !== undefined) storeValue(child, name, value);
  }
}

/** What cannot be resolved fails the node once it is reached; here it is only not known. */
function attempt<T>(resolve: () => T): T | undefined {
  try {
    return resolve();
  } catch {
    return undefined;
  }
}
