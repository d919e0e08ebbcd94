import { Hono } from 'hono';
import type { Services } from '../tasks/services';

/** `task_url` leads to the task's execution in the Temporal Web UI. */
export function createTaskRedirect({ pipelines }: Services, uiUrl: string | undefined): Hono {
  const app = new Hono();
  app.get('/taskflow/execute/:project_id{[0-9]+}', (context) => {
    const taskId = Number(context.req.query('instance_id'));
    if (!Number.isSafeInteger(taskId) || taskId <= 0) return context.text('instance_id is not the id of a task', 400);
    if (!uiUrl) return context.text('this installation does not know the address of the Temporal Web UI', 404);
    return context.redirect(`${uiUrl}${pipelines.uiPath(taskId)}`);
  });
  return app;
}
