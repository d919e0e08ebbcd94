import { z } from '@hono/zod-openapi';
import { listNotices } from '../../../db/notices';
import { findTaskWithTree } from '../../../db/tasks';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { taskUrlOf } from '../../../tasks/context';
import { defineEndpoint } from '../endpoint';
import { elapsedSeconds, timeFormatter } from '../format';
import { anyText } from '../query';
import { missTask } from './lookup';

/** A task with its tree and its outputs, under today's names and those of the seed documents (bk-sops §7.4). */
export const getTaskDetail = defineEndpoint({
  name: 'get_task_detail',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'A task with its tree and outputs',
  input: z.object({
    include_webhook_history: anyText.describe('Any text that is not empty: with the calls of callback_url'),
  }),
  wording: [{ step: 'find', text: '[API] get_task_detail ' }],
  data: z.object({
    id: z.number().int(),
    name: z.string(),
    instance_name: z.string(),
    project_id: z.number().int(),
    project_name: z.string(),
    business_id: z.number().int().nullable(),
    business_name: z.string(),
    create_time: z.string(),
    creator: z.string(),
    create_method: z.string(),
    template_id: z.union([z.number().int(), z.string()]),
    start_time: z.string(),
    finish_time: z.string(),
    end_time: z.string(),
    executor: z.string(),
    elapsed_time: z.number().int(),
    pipeline_tree: z.record(z.string(), z.unknown()),
    task_url: z.string(),
    constants: z.record(z.string(), z.unknown()),
    outputs: z.array(z.object({ key: z.string(), value: z.unknown(), name: z.string() })),
    ex_data: z.string(),
    webhook_history: z
      .array(
        z.object({
          event: z.string(),
          url: z.string(),
          body: z.record(z.string(), z.unknown()),
          status: z.string(),
          attempts: z.number().int(),
          error: z.string(),
          create_time: z.string(),
        }),
      )
      .optional(),
  }),
  async run(call, { include_webhook_history }) {
    const { services, project, ids } = call;
    const task = (await findTaskWithTree(services.db, project.id, ids.task_id)) ?? missTask(call);
    const tree = task.tree as PipelineTree;
    const format = timeFormatter(project);
    const finishTime = format(task.finished_at) ?? '';
    const outputs = Object.entries(task.outputs ?? {});
    const callbacks = include_webhook_history ? await listNotices(services.db, task.id) : undefined;
    return {
      data: {
        id: task.id,
        name: task.name,
        instance_name: task.name,
        project_id: project.id,
        project_name: project.name,
        business_id: project.bk_biz_id,
        business_name: project.name,
        create_time: format(task.created_at) ?? '',
        creator: task.creator,
        create_method: task.create_method,
        template_id: task.template_id === null ? '' : Number(task.template_id),
        start_time: format(task.started_at) ?? '',
        finish_time: finishTime,
        end_time: finishTime,
        executor: task.executor ?? '',
        elapsed_time: elapsedSeconds(task.started_at, task.finished_at),
        pipeline_tree: { ...tree },
        task_url: taskUrlOf(services.baseUrl, project.id, task.id),
        constants: tree.constants,
        outputs: outputs.map(([key, value]) => ({ key, value, name: tree.constants[key]?.name ?? '' })),
        ex_data: task.end_reason ?? '',
        ...(callbacks === undefined
          ? {}
          : {
              webhook_history: callbacks.map(({ created_at, ...callback }) => ({
                ...callback,
                create_time: format(created_at) ?? '',
              })),
            }),
      },
    };
  },
});
