import { Misuse } from './misuse';
import { V1Client } from './v1/client';
import { idOf, projectFor } from './v1/project';

/** Where a task is in the API. */
export interface CalledTask {
  client: V1Client;
  /** Path of its project. */
  project: string;
  taskId: number;
}

/** The task that a command is about. @throws Misuse */
export async function taskCalled(text: string | undefined, given: string | undefined): Promise<CalledTask> {
  if (!text) throw new Misuse('say which TASK, by its number');
  const taskId = idOf('TASK', text);
  const client = V1Client.ofEnvironment();
  return { client, project: `/projects/${await projectFor(client, given)}`, taskId };
}
