import { z } from '@hono/zod-openapi';
import { findNodeExecution } from '../../../db/node-executions';
import { MAX_INTEGER } from '../../../db/schema';
import { findTree } from '../../../db/tasks';
import type { Activity, PipelineTree } from '../../../pipeline/tree/types';
import { findPlugin } from '../../../plugins';
import { GantryError } from '../../../tasks/error';
import { defineEndpoint } from '../endpoint';
import { requireTask } from './lookup';

/** Rendered inputs and outputs of a node's newest attempt, or of a round of it (spec 7.4). */
export const getTaskNodeData = defineEndpoint({
  name: 'get_task_node_data',
  method: 'get',
  path: ['bk_biz_id', 'task_id'],
  needs: 'viewer',
  summary: 'Inputs and outputs of a node',
  input: z.object({
    node_id: z.string(),
    component_code: z.string().optional().describe("Lists the plugin's declared outputs first"),
    subprocess_stack: z.string().optional().describe('JSON array of the SubProcess nodes around the node; not needed'),
    loop: z.coerce.number().int().min(1).max(MAX_INTEGER).optional(),
  }),
  data: z.object({
    inputs: z.record(z.string(), z.unknown()),
    outputs: z.array(z.object({ name: z.string(), key: z.string(), value: z.unknown(), preset: z.boolean() })),
    ex_data: z.string(),
  }),
  async run(call, input) {
    const { db } = call.services;
    checkStack(input.subprocess_stack);
    const task = await requireTask(call).catch(asRefusal);
    const tree = await findTree<PipelineTree>(db, task.id);
    const node = findNode(tree, input.node_id);
    if (!node) throw new GantryError('refused', `node[node_id=${input.node_id}] is not in task[id=${task.id}]`);
    const execution = await findNodeExecution(db, task.id, input.node_id, input.loop);
    const { ex_data = '', ...outputs } = execution?.outputs ?? {};
    return {
      data: {
        inputs: execution?.inputs ?? {},
        outputs: listOutputs(outputs, node.activity, input.component_code),
        ex_data: typeof ex_data === 'string' ? ex_data : JSON.stringify(ex_data),
      },
    };
  },
});

function listOutputs(outputs: Record<string, unknown>, activity: Activity | undefined, code: string | undefined) {
  const version = activity?.type === 'ServiceActivity' ? (activity.component.version ?? 'legacy') : 'legacy';
  const declared = (code && findPlugin(code, version)?.outputs.shape) || {};
  const preset = Object.entries(declared).map(([key, schema]) => {
    const name = (schema as z.ZodType).description ?? key;
    return { name, key, value: outputs[key] ?? '', preset: true };
  });
  const extra = Object.keys(outputs).filter((key) => !Object.hasOwn(declared, key));
  return [...preset, ...extra.map((key) => ({ name: '', key, value: outputs[key], preset: false }))];
}

/** Finds a node in a tree or in one of its subprocesses. */
function findNode(tree: PipelineTree, id: string): { activity?: Activity } | undefined {
  const activity = Object.hasOwn(tree.activities, id) ? tree.activities[id] : undefined;
  if (activity) return { activity };
  if (Object.hasOwn(tree.gateways, id) || tree.start_event.id === id || tree.end_event.id === id) return {};
  for (const child of Object.values(tree.activities)) {
    const found = child.type === 'SubProcess' ? findNode(child.pipeline, id) : undefined;
    if (found) return found;
  }
  return undefined;
}

function checkStack(text: string | undefined): void {
  if (text === undefined) return;
  try {
    if (Array.isArray(JSON.parse(text))) return;
  } catch {
    // Said below, as for JSON that is no array.
  }
  throw new GantryError('invalid', 'subprocess_stack is not a valid array json');
}

/** All failures of this endpoint have one code upstream. */
function asRefusal(error: unknown): never {
  if (!(error instanceof GantryError)) throw error;
  throw new GantryError('refused', error.message, { cause: error });
}
