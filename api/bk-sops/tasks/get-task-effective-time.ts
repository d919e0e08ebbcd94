import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { readEffectiveTime } from '../../../tasks/view/effective-time';
import { defineEndpoint } from '../endpoint';
import { elapsedSeconds, timeFormatter } from '../format';
import { requireTask } from './lookup';

/** Plugins whose nodes wait for a person. */
const EXCLUDED = ['pause_node', 'bk_approve'];

/** How long the work of a finished task took, without what waited for people (bk-sops §7.4). */
export const getTaskEffectiveTime = defineEndpoint({
  name: 'get_task_effective_time',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Time that the work of a finished task took',
  input: z.object({}),
  wording: [{ step: 'find', text: (_message, { ids }) => `task[id=${ids.task_id}] does not exist` }],
  data: z.object({
    task_instance_id: z.number().int(),
    instance_id: z.number().int(),
    template_id: z.string(),
    task_template_id: z.string(),
    project_id: z.number().int(),
    creator: z.string(),
    create_method: z.string(),
    create_time: z.string(),
    start_time: z.string(),
    finish_time: z.string(),
    total_elapsed_time: z.number().int(),
    effective_time: z.number().int(),
    excluded_node_count: z.number().int(),
    total_node_count: z.number().int(),
    excluded_component_codes: z.array(z.string()),
    category: z.string(),
  }),
  async run(call) {
    const task = await requireTask(call);
    if (task.status === 'REVOKED') {
      throw new GantryError('invalid', `task[id=${task.id}] was revoked, cannot calculate effective time`);
    }
    if (task.phase !== 'ended') throw new GantryError('invalid', `task[id=${task.id}] is not finished yet`);
    const { seconds, nodes, excludedNodes } = await readEffectiveTime(call.services.db, task.id);
    const format = timeFormatter(call.project);
    const total = elapsedSeconds(task.started_at, task.finished_at);
    return {
      data: {
        task_instance_id: task.id,
        instance_id: task.id,
        template_id: task.template_id ?? '',
        task_template_id: task.template_id ?? '',
        project_id: task.project_id,
        creator: task.creator,
        create_method: task.create_method,
        create_time: format(task.created_at) ?? '',
        start_time: format(task.started_at) ?? '',
        finish_time: format(task.finished_at) ?? '',
        total_elapsed_time: total,
        effective_time: Math.min(Math.round(seconds), total),
        excluded_node_count: excludedNodes,
        total_node_count: nodes,
        excluded_component_codes: EXCLUDED,
        category: task.category,
      },
    };
  },
});
