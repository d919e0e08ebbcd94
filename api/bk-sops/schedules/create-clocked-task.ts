import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { zoneOf } from '../../../access/projects';
import { createClockedTask } from '../../../schedules/clocked';
import { requireScheduleName } from '../../../schedules/names';
import { readPlanStartTime } from '../../../schedules/plan-start-time';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { clockedTaskData, clockedTaskSchema } from './clocked-data';
import { requireClockedTask } from './lookup';
import { catchupSchema, constantsSchema, NAME_WORDING } from './schema';

const parametersSchema = z.looseObject({
  constants: constantsSchema.optional(),
  template_schemes_id: z.array(z.union([z.string(), z.number().int()])).optional(),
  exclude_task_nodes_id: z.array(z.string()).optional(),
  appoint_task_nodes_id: z.array(z.string()).optional(),
  simplify_vars: z.array(z.string()).optional(),
  description: z.string().optional(),
});

/** Makes a task that starts at a time (bk-sops §7.6, §9.3). */
export const createClockedTaskEndpoint = defineEndpoint({
  name: 'create_clocked_task',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Create a task of a template that starts at a time',
  input: z.object({
    task_name: z.string(),
    plan_start_time: z.string().describe('2022-05-16 20:26:40+0800; without an offset on the clock of the project'),
    task_parameters: parametersSchema.default({}),
    catchup_seconds: catchupSchema,
  }),
  wording: [NAME_WORDING],
  data: clockedTaskSchema,
  async run(call, input) {
    const { services, caller, project, actor, ids } = call;
    const { description, ...parameters } = input.task_parameters;
    const id = await createClockedTask(services, {
      project,
      templateId: ids.template_id,
      taskName: requireScheduleName(input.task_name, 'task_name'),
      parameters: { ...parameters, ...(description ? { description } : {}) },
      planStartTime: readPlanStartTime(input.plan_start_time, zoneOf(project)),
      catchupSeconds: input.catchup_seconds,
      actor,
      rights: rightsOf(caller, project),
    });
    const task = await requireClockedTask({ ...call, ids: { ...ids, task_id: id } });
    return { data: clockedTaskData(task, timeFormatter(project)) };
  },
});
