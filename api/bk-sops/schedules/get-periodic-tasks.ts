import { z } from '@hono/zod-openapi';
import { listPeriodicTasks } from '../../../db/periodic-tasks';
import { grantedIn, periodicTaskActions } from '../auth-actions';
import { defineEndpoint } from '../endpoint';
import { timeFormatterIn } from '../format';
import { requirePeriodicTask } from './lookup';
import { periodicTaskData, periodicTaskInfo, periodicTaskInfoSchema, periodicTaskSchema } from './periodic-data';
import { flagSchema } from './schema';

const input = z.object({ include_edit_info: flagSchema, expected_timezone: z.string().optional() });

/** All periodic tasks of a project, newest first (bk-sops §7.6). */
export const getPeriodicTaskList = defineEndpoint({
  name: 'get_periodic_task_list',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'List periodic tasks',
  input,
  data: z.array(periodicTaskSchema.extend({ auth_actions: z.array(z.string()) })),
  async run(call, { include_edit_info, expected_timezone }) {
    const { services, project } = call;
    const formatting = { format: timeFormatterIn(project, expected_timezone), withEditInfo: include_edit_info };
    const tasks = await listPeriodicTasks(services.db, project.id);
    const auth_actions = periodicTaskActions(grantedIn(call));
    return { data: tasks.map((task) => ({ ...periodicTaskData(task, formatting), auth_actions })) };
  },
});

/** One periodic task with the tree that its runs are made of (bk-sops §7.6). */
export const getPeriodicTaskInfo = defineEndpoint({
  name: 'get_periodic_task_info',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Show a periodic task',
  input,
  data: periodicTaskInfoSchema,
  async run(call, { include_edit_info, expected_timezone }) {
    const formatting = { format: timeFormatterIn(call.project, expected_timezone), withEditInfo: include_edit_info };
    return { data: await periodicTaskInfo(call, await requirePeriodicTask(call), formatting) };
  },
});
