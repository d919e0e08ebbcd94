import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { requireScheduleName } from '../../../schedules/names';
import { createPeriodicTask, OVERLAPS } from '../../../schedules/periodic';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { requirePeriodicTask } from './lookup';
import { periodicTaskInfo, periodicTaskInfoSchema } from './periodic-data';
import { catchupSchema, constantsSchema, cronSchema, flagSchema, NAME_WORDING } from './schema';

/** Makes a periodic task of a template as it is now, disabled (bk-sops §7.6, §9.2). */
export const createPeriodicTaskEndpoint = defineEndpoint({
  name: 'create_periodic_task',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Create a periodic task of a template; it is disabled',
  input: z.object({
    name: z.string(),
    cron: cronSchema,
    template_source: z.enum(['project', 'business', 'common']).default('project'),
    constants: constantsSchema,
    exclude_task_nodes_id: z.array(z.string()).default([]),
    include_edit_info: flagSchema,
    overlap: z.enum(OVERLAPS).default('allow_all'),
    catchup_seconds: catchupSchema,
  }),
  wording: [NAME_WORDING],
  data: periodicTaskInfoSchema,
  async run(call, input) {
    const { services, caller, project, actor, ids } = call;
    const id = await createPeriodicTask(services, {
      project,
      templateId: ids.template_id,
      source: input.template_source === 'common' ? 'common' : 'project',
      name: requireScheduleName(input.name, 'name'),
      cron: input.cron,
      constants: input.constants,
      excludeNodeIds: input.exclude_task_nodes_id,
      overlap: input.overlap,
      catchupSeconds: input.catchup_seconds,
      actor,
      rights: rightsOf(caller, project),
    });
    const task = await requirePeriodicTask({ ...call, ids: { ...ids, task_id: id } });
    const formatting = { format: timeFormatter(project), withEditInfo: input.include_edit_info };
    return { data: await periodicTaskInfo(call, task, formatting) };
  },
});
