import { z } from '@hono/zod-openapi';
import type { Db } from '../../../db/connection';
import { countTasks, listAndCountTasks, listTasks, type Page, type TaskFilter } from '../../../db/task-lists';
import { grantedIn, taskActions } from '../auth-actions';
import { defineEndpoint } from '../endpoint';
import { listTimes, showTask, taskItem } from './list-item';
import { pageFields, readFlag, readPage, readTaskFilter, taskFilterFields } from './list-query';

/** What `count` is when nobody wants it. */
const NOT_COUNTED = -1;

/** A page of a project's tasks, newest first (bk-sops §7.4). */
export const getTaskList = defineEndpoint({
  name: 'get_task_list',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Tasks of a project',
  input: z.object({
    ...taskFilterFields,
    ...pageFields,
    without_count: z.string().optional().describe('`count` is -1 then'),
  }),
  data: z.array(taskItem),
  beside: { count: z.number().int().describe('Of all pages') },
  async run(call, query) {
    const { services, project } = call;
    const format = listTimes(query.expected_timezone);
    const page = readPage(query);
    const isCounted = !readFlag('without_count', query.without_count);
    const filter = readTaskFilter(project, query);
    const { tasks, count } = filter
      ? await readTasks(services.db, filter, page, isCounted)
      : { tasks: [], count: isCounted ? 0 : NOT_COUNTED };
    const actions = taskActions(grantedIn(call));
    return { data: tasks.map((task) => showTask(task, { project, format, actions })), beside: { count } };
  },
});

async function readTasks(db: Db, filter: TaskFilter, page: Page, isCounted: boolean) {
  if (isCounted) return listAndCountTasks(db, filter, page);
  return { tasks: await listTasks(db, filter, page), count: NOT_COUNTED };
}

/** How many tasks a list has (bk-sops §7.4). */
export const getTaskCount = defineEndpoint({
  name: 'get_task_count',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Number of tasks of a project',
  input: z.object(taskFilterFields),
  data: z.object({ count: z.number().int() }),
  async run({ services, project }, query) {
    const filter = readTaskFilter(project, query);
    return { data: { count: filter ? await countTasks(services.db, filter) : 0 } };
  },
});
