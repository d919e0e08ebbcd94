import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { parseJson, stringifyJson } from '../../../base/json';
import { findOutputs, listRound, type NodeExecution } from '../../../db/node-histories';
import { findProgram, findTree, type TaskRecord } from '../../../db/tasks';
import type { JsonObject } from '../../../pipeline/json';
import { exportingNodes } from '../../../pipeline/machine/preview';
import { bareName } from '../../../pipeline/names';
import { nodeIndex, type Program, type ProgramNode } from '../../../pipeline/program';
import { own } from '../../../pipeline/tree/own';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { findPlugin } from '../../../plugins';
import { contextOf, surroundingsOf, taskUrlOf } from '../../../tasks/context';
import { previews } from '../../previews/pool';
import type { Call } from '../endpoint';
import { wholeNumber } from '../query';

/** How a node, and a round of it, is asked for (bk-sops §7.4). */
export const nodeQuery = {
  node_id: z.string(),
  component_code: z.string().optional().describe("Lists the plugin's declared outputs first"),
  subprocess_stack: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('JSON array of the SubProcess nodes around the node; not needed'),
  loop: wholeNumber(1).optional().describe('A round; the newest by default'),
};

/** What went in and came out. */
export const nodeData = {
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.array(z.object({ name: z.string(), key: z.string(), value: z.unknown(), preset: z.boolean() })),
  ex_data: z.string(),
};

interface NodeQuery {
  node_id: string;
  component_code?: string | undefined;
  loop?: number | undefined;
}

export interface NodeFacts {
  node: ProgramNode;
  program: Program;
  /** Attempts of the round, oldest first; none when the node was not reached. */
  attempts: NodeExecution[];
  /** Of the last of the attempts; rendered in advance when it has not begun. */
  data: z.output<z.ZodObject<typeof nodeData>>;
}

/** Names as the engine has them, or as people are shown them: variables by their bare names. */
export type Naming = 'engine' | 'shown';

/**
 * Reads a node of a task with its inputs and outputs in one round.
 *
 * @throws GantryError `invalid` when the task has no such node, or the node no such round
 */
export async function readNode(
  call: Call,
  task: TaskRecord,
  { node_id, component_code, loop }: NodeQuery,
  naming: Naming,
): Promise<NodeFacts> {
  const { db } = call.services;
  const [program, attempts, tree] = await Promise.all([
    findProgram<Program>(db, task.id),
    listRound(db, task.id, node_id, loop),
    component_code ? findTree<PipelineTree>(db, task.id) : undefined,
  ]);
  const node = program.nodes[nodeIndex(program, node_id)];
  if (!node) throw new GantryError('invalid', `node[node_id=${node_id}] is not in task[id=${task.id}]`);
  const last = attempts.at(-1);
  if (!last && loop !== undefined && (loop > 1 || (await listRound(db, task.id, node_id)).length > 0)) {
    throw new GantryError('invalid', `node[node_id=${node_id}] has no round ${loop}`);
  }
  const { ex_data = '', ...outputs } = last?.outputs ?? {};
  const inputs = last?.inputs ?? (await preview(call, task, program, node_id));
  const declared = tree && component_code ? declaredOutputs(tree, node_id, component_code) : [];
  const isShown = naming === 'shown';
  return {
    node,
    program,
    attempts,
    data: {
      inputs: isShown && node.type === 'subprocess' ? withBareNames(inputs) : inputs,
      outputs: listOutputs(outputs, declared, isShown && 'exports' in node ? node.exports : []),
      ex_data: textOf(ex_data),
    },
  };
}

/** A stack is not needed, as ids are unique in a task, but clients expect to hear when it is none. */
export function isStack(stack: string | string[] | undefined): boolean {
  if (typeof stack !== 'string') return true;
  try {
    return Array.isArray(parseJson(stack));
  } catch {
    return false;
  }
}

/** The reason of a failure; a plugin may give anything. */
export function textOf(exData: unknown): string {
  return typeof exData === 'string' ? exData : stringifyJson(exData);
}

export function withBareNames(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [bareName(key), value]));
}

async function preview({ services, project }: Call, task: TaskRecord, program: Program, nodeId: string) {
  const { db, baseUrl } = services;
  const index = nodeIndex(program, nodeId);
  const [around, outputs] = await Promise.all([
    surroundingsOf(db, task),
    findOutputs(db, task.id, exportingNodes(program, index)),
  ]);
  const context = contextOf(task, project, taskUrlOf(baseUrl, project.id, task.id), program, around);
  const known = { program, context, outputs: outputs as ReadonlyMap<string, JsonObject>, at: Date.now() };
  const rendered = await previews.render({ known, index });
  return rendered ?? Object.fromEntries(inputNames(program.nodes[index]!).map((name) => [name, TOO_HEAVY]));
}

/** In place of inputs that nobody has seen: the node itself is rendered within limits of its own. */
const TOO_HEAVY = 'the preview takes too long, or too much memory, and is not shown';

function inputNames(node: ProgramNode): string[] {
  if (node.type === 'activity') return Object.keys(node.inputs);
  return node.type === 'subprocess' ? node.params.map(({ name }) => name) : [];
}

interface Declared {
  key: string;
  name: string;
}

/** Outputs that a plugin says it has, in its version that the node uses. */
function declaredOutputs(tree: PipelineTree, nodeId: string, code: string): Declared[] {
  const shape = findPlugin(code, componentVersion(tree, nodeId) ?? 'legacy')?.outputs.shape ?? {};
  return Object.entries(shape).map(([key, schema]) => ({ key, name: (schema as z.ZodType).description ?? key }));
}

function componentVersion(tree: PipelineTree, nodeId: string): string | undefined {
  const queue = [tree];
  for (const { activities } of queue) {
    const activity = own(activities, nodeId);
    if (activity) return activity.type === 'ServiceActivity' ? activity.component.version : undefined;
    for (const child of Object.values(activities)) if (child.type === 'SubProcess') queue.push(child.pipeline);
  }
  return undefined;
}

/** An output that a variable takes goes by the variable's name. */
function listOutputs(
  outputs: Record<string, unknown>,
  declared: Declared[],
  hooks: [field: string, variable: string][],
) {
  const shown = new Map([...hooks].reverse());
  const keyOf = (field: string) => shown.get(field) ?? field;
  const preset = declared.map(({ key, name }) => {
    return { name, key: keyOf(key), value: outputs[key] ?? '', preset: true };
  });
  const extra = Object.keys(outputs).filter((field) => !declared.some(({ key }) => key === field));
  return [...preset, ...extra.map((field) => ({ name: '', key: keyOf(field), value: outputs[field], preset: false }))];
}
