import { z } from '@hono/zod-openapi';
import { viewPoolSchedule, viewPoolSchedulesAfter } from '../../../schedules/pools/view';
import { defineEndpoint } from '../endpoint';
import { idText, page, pageOf, toPage } from '../list';
import { savedTask, savedTaskDetail, showSavedTask, showSavedTaskDetail } from './schema';

const listSavedTasks = defineEndpoint({
  name: 'list_saved_tasks',
  method: 'get',
  path: '/projects/{project_id}/saved-tasks',
  needs: 'viewer',
  summary: 'What is done with pools by the clock: when it is due next, and what came of it last',
  input: page.extend({ pool_id: idText.optional() }),
  data: pageOf(savedTask),
  async run({ services, project }, { pool_id: poolId, after, limit }) {
    const views = await viewPoolSchedulesAfter(services.db, project.id, { poolId, after, limit: limit + 1 });
    const rows = views.map((view) => ({ ...view, id: view.schedule.id }));
    return { data: toPage(rows, limit, showSavedTask) };
  },
});

const getSavedTask = defineEndpoint({
  name: 'get_saved_task',
  method: 'get',
  path: '/projects/{project_id}/saved-tasks/{saved_task_id}',
  needs: 'viewer',
  summary: 'What is done with a pool by the clock, with its next times and its last rollouts',
  input: z.object({}),
  data: savedTaskDetail,
  async run({ services, project, ids }) {
    return { data: showSavedTaskDetail(await viewPoolSchedule(services.db, project, ids.saved_task_id!)) };
  },
});

/** Saved tasks of Orion (orion §8), which are written there. */
export const savedTaskEndpoints = [listSavedTasks, getSavedTask];
