import { parseArgs } from 'node:util';
import { onlyOne } from './commands';
import { taskCalled } from './task-called';
import { tell } from './v1/output';
import { PROJECT_OPTIONS } from './v1/project';

/** `gantry stop TASK`: ends a task, and what it runs on hosts. */
export async function stop(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PROJECT_OPTIONS });
  const { client, project, taskId } = await taskCalled(onlyOne(positionals, 'stop', 'TASK'), values.project);
  const stopped = await client.post<object>(`${project}/tasks/${taskId}/stop`, {});
  return tell(values, stopped, `task ${taskId} is stopped`);
}
