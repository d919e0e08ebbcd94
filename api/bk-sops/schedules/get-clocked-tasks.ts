import { z } from '@hono/zod-openapi';
import { listClockedTasks } from '../../../db/clocked-tasks';
import { deleteClockedTask } from '../../../schedules/clocked';
import { defineEndpoint } from '../endpoint';
import { timeFormatterIn } from '../format';
import { wholeNumber } from '../query';
import { CLOCKED_STATES, clockedTaskData, clockedTaskSchema } from './clocked-data';
import { requireClockedTask } from './lookup';
import { pageFields, readPage } from './schema';

/** Clocked tasks of a project, newest first (bk-sops §7.6). */
export const getClockedTaskList = defineEndpoint({
  name: 'get_clocked_task_list',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'List clocked tasks',
  input: z.object({
    id: wholeNumber(0).optional(),
    task_name: z.string().optional().describe('A part of the name'),
    creator: z.string().optional(),
    editor: z.string().optional(),
    state: z.enum(CLOCKED_STATES).optional(),
    expected_timezone: z.string().optional(),
    ...pageFields,
  }),
  data: z.array(clockedTaskSchema),
  beside: { count: z.number().int() },
  async run({ services, project }, { id, task_name: taskName, creator, editor, state, expected_timezone, ...page }) {
    const format = timeFormatterIn(project, expected_timezone);
    const filter = { id, taskName, creator, editor, state };
    const { tasks, count } = await listClockedTasks(services.db, project.id, filter, readPage(page));
    return { data: tasks.map((task) => clockedTaskData(task, format)), beside: { count } };
  },
});

/** Not in the original gateway: one clocked task. */
export const getClockedTaskInfo = defineEndpoint({
  name: 'get_clocked_task_info',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Show a clocked task',
  input: z.object({ expected_timezone: z.string().optional() }),
  data: clockedTaskSchema,
  async run(call, { expected_timezone }) {
    const format = timeFormatterIn(call.project, expected_timezone);
    return { data: clockedTaskData(await requireClockedTask(call), format) };
  },
});

/** Not in the original gateway: deletes a clocked task; one that has not started does not start any more. */
export const deleteClockedTaskEndpoint = defineEndpoint({
  name: 'delete_clocked_task',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Delete a clocked task',
  input: z.object({}),
  data: z.object({}),
  async run(call) {
    await deleteClockedTask(call.services, await requireClockedTask(call), call.actor);
    return { data: {} };
  },
});
