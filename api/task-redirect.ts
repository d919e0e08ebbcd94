import { Hono } from 'hono';
import { MAX_INTEGER } from '../db/schema';
import { findTask } from '../db/tasks';
import type { Services } from '../tasks/services';

/** `task_url` leads to the task's execution in the Temporal Web UI. */
export function createTaskRedirect({ db, pipelines }: Services, uiUrl: string | undefined): Hono {
  const app = new Hono();
  app.get('/taskflow/execute/:project_id{[0-9]+}', async (context) => {
    const projectId = Number(context.req.param('project_id'));
    const taskId = Number(context.req.query('instance_id'));
    if (!Number.isSafeInteger(taskId) || taskId <= 0) return context.text('instance_id is not the id of a task', 400);
    if (!uiUrl) return context.text('this installation does not know the address of the Temporal Web UI', 404);
    const ids = [projectId, taskId];
    const task = ids.every((id) => id <= MAX_INTEGER) ? await findTask(db, projectId, taskId) : undefined;
    if (!task) return context.text(`project ${projectId} has no task ${taskId}`, 404);
    return context.redirect(`${uiUrl}${pipelines.uiPath(taskId)}`);
  });
  return app;
}
