import { z } from '@hono/zod-openapi';
import { during, GantryError } from '../../../base/error';
import { listExecutionTimes } from '../../../db/node-histories';
import { defineEndpoint } from '../endpoint';
import { elapsedSeconds, timeFormatter } from '../format';
import { requireTask } from './lookup';
import { isStack, nodeData, nodeQuery, showNode } from './node-data';

/** Inputs and outputs of a node's newest attempt, or of a round of it (bk-sops §7.4). */
export const getTaskNodeData = defineEndpoint({
  name: 'get_task_node_data',
  method: 'get',
  path: ['bk_biz_id', 'task_id'],
  needs: 'viewer',
  summary: 'Inputs and outputs of a node',
  input: z.object({
    ...nodeQuery,
    template_node_id: z.string().optional().describe("The node's id in its template: tells how long it took before"),
  }),
  // Upstream has one code for whatever is not found here.
  wording: [{ step: 'find', as: 'refused' }],
  data: z.object({
    ...nodeData,
    execution_time: z.array(z.object({ archived_time: z.string(), elapsed_time: z.number().int() })).optional(),
  }),
  async run(call, { subprocess_stack, template_node_id, ...query }) {
    if (!isStack(subprocess_stack)) throw new GantryError('invalid', 'subprocess_stack is not a valid array json');
    // All other failures of this endpoint have one code upstream.
    const task = await requireTask(call);
    const { data } = await during('find', () => showNode(call, task, query, 'engine'));
    if (!template_node_id) return { data };
    const format = timeFormatter(call.project);
    const times = await listExecutionTimes(call.services.db, task, template_node_id);
    return {
      data: {
        ...data,
        execution_time: times.map(({ started_at, finished_at }) => ({
          archived_time: format(finished_at) ?? '',
          elapsed_time: elapsedSeconds(started_at, finished_at),
        })),
      },
    };
  },
});
