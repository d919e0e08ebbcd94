import type { Credentials } from '../stack/home';
import { say } from '../stack/output';
import { GantryClient } from './client';
import request from './example/fast_create_task.json';
import { drawProgress } from './progress';

/** The demo project, see db/demo.ts. */
export const DEMO_PROJECT_ID = 1;

/**
 * Creates and starts the example task over HTTP and draws it until it rests.
 *
 * @returns the task's id and final state
 */
export async function runExample(options: {
  url: string;
  credentials: Credentials;
  signal: AbortSignal;
}): Promise<{ task_id: number; state: string }> {
  const client = new GantryClient(options);
  const task = await client.fastCreateTask(request, DEMO_PROJECT_ID);
  say(`example task ${task.task_id} "${request.name}" created, starting it`);
  await client.startTask(task.task_id, DEMO_PROJECT_ID);
  const state = await drawProgress({
    poll: () => client.getTaskStatus(task.task_id, DEMO_PROJECT_ID),
    tree: task.pipeline_tree,
    signal: options.signal,
  });
  say(`example task ${task.task_id} ${state}`);
  return { task_id: task.task_id, state };
}
