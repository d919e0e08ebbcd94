import { z } from '@hono/zod-openapi';
import { currentNodeExecutions, findFailures } from '../../../db/node-executions';
import { findProgram } from '../../../db/tasks';
import type { Program } from '../../../pipeline/program';
import { GantryError } from '../../../tasks/error';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { type StateNode, stateTree } from '../state-tree';
import { requireTask } from './lookup';

const flag = z.string().optional().describe('Any text that is not empty switches it on');

/** The states of a task and its nodes, as of now (spec 7.4). */
export const getTaskStatus = defineEndpoint({
  name: 'get_task_status',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'State of a task and its nodes',
  input: z.object({
    subprocess_id: z.string().optional().describe('Only this subprocess'),
    with_ex_data: flag,
    with_new_status: flag,
  }),
  data: z.record(z.string(), z.unknown()),
  async run(call, { subprocess_id, with_ex_data, with_new_status }) {
    const { db } = call.services;
    const task = await requireTask(call).catch((error) => {
      if (!(error instanceof GantryError)) throw error;
      throw new GantryError('refused', `task[id=${call.ids.task_id}] get status error: ${error.message}`, {
        cause: error,
      });
    });
    if (task.phase === 'created') return { data: NOT_STARTED };
    const [program, executions] = await Promise.all([
      findProgram<Program>(db, task.id),
      currentNodeExecutions(db, task.id),
    ]);
    const root = stateTree(task, program, executions, {
      format: timeFormatter(call.project),
      scheme: with_new_status ? 'new' : 'legacy',
    });
    const node = subprocess_id ? find(root, subprocess_id) : root;
    if (!node)
      throw new GantryError('refused', `task[id=${task.id}] get status error: node ${subprocess_id} has no state`);
    if (!with_ex_data || node.state !== 'FAILED') return { data: { ...node } };
    return { data: { ...node, ex_data: await findFailures(db, task.id) } };
  },
});

const NOT_STARTED = {
  start_time: null,
  state: 'CREATED',
  retry: 0,
  skip: 0,
  finish_time: null,
  elapsed_time: 0,
  children: {},
};

function find(node: StateNode, id: string): StateNode | undefined {
  if (node.id === id) return node;
  for (const child of Object.values(node.children)) {
    const found = find(child, id);
    if (found) return found;
  }
  return undefined;
}
