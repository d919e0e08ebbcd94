import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { parseJson } from '../../../base/json';
import type { TaskRecord } from '../../../db/tasks';
import { bareName } from '../../../pipeline/names';
import { type DeclaredOutput, readDeclaredOutputs } from '../../../tasks/view/declared-outputs';
import { type NodeFacts, readNode } from '../../../tasks/view/node';
import type { Inputs } from '../../../tasks/view/previews/inputs';
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

export interface ShownNode extends NodeFacts {
  /** Of the last of the attempts. */
  data: z.output<z.ZodObject<typeof nodeData>>;
}

/** Names as the engine has them, or as people are shown them: variables by their bare names. */
export type Naming = 'engine' | 'shown';

/**
 * A node of a task with its inputs and outputs in one round.
 *
 * @throws GantryError `invalid` when the task has no such node, or the node no such round
 */
export async function showNode(
  { services, project }: Call,
  task: TaskRecord,
  { node_id: nodeId, component_code: code, loop }: NodeQuery,
  naming: Naming,
): Promise<ShownNode> {
  const [read, declared] = await Promise.all([
    readNode(services, { task, project, nodeId, loop }),
    code ? readDeclaredOutputs(services.db, { taskId: task.id, nodeId, code }) : [],
  ]);
  if (read.kind === 'no_node') {
    throw new GantryError('invalid', `node[node_id=${nodeId}] is not in task[id=${task.id}]`);
  }
  if (read.kind === 'no_round') throw new GantryError('invalid', `node[node_id=${nodeId}] has no round ${loop}`);
  const { node, attempts } = read;
  const last = attempts.at(-1);
  const inputs = shownInputs(read.inputs);
  const isShown = naming === 'shown';
  return {
    ...read,
    data: {
      inputs: isShown && node.type === 'subprocess' ? withBareNames(inputs) : inputs,
      outputs: listOutputs(last?.outputs ?? {}, declared, isShown && 'exports' in node ? node.exports : []),
      ex_data: last?.error ?? '',
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

export function withBareNames(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [bareName(key), value]));
}

/** In place of inputs that nobody has seen: the node itself is rendered within limits of its own. */
const TOO_HEAVY = 'the preview takes too long, or too much memory, and is not shown';

function shownInputs(inputs: Inputs): Record<string, unknown> {
  return inputs.kind === 'known' ? inputs.values : Object.fromEntries(inputs.names.map((name) => [name, TOO_HEAVY]));
}

/** An output that a variable takes goes by the variable's name. */
function listOutputs(
  outputs: Record<string, unknown>,
  declared: readonly DeclaredOutput[],
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
