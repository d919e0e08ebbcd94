import { parseArgs } from 'node:util';
import { followTask } from '../follow/follow';
import { Printer } from '../follow/printer';
import { INTERRUPTED, onInterrupt } from '../interrupt';
import { V1Client } from '../v1/client';
import { note, printJson } from '../v1/output';
import { projectFor } from '../v1/project';
import { RUN_OPTIONS, requestOf } from './run-request';

/**
 * `gantry hosts run SELECTOR -- COMMAND...`: runs a command on hosts by a task of its own, and prints what they write.
 *
 * @returns 1 when the task has not ended well; 130 after Ctrl-C, and the task goes on
 */
export async function runOnHosts(args: string[]): Promise<number> {
  const at = args.indexOf('--');
  const [before, command] = at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
  const { values, positionals } = parseArgs({ args: before, allowPositionals: true, options: RUN_OPTIONS });
  const { json: isJson = false } = values;
  const body = requestOf(values, positionals, command);
  const client = V1Client.ofEnvironment();
  const project = `/projects/${await projectFor(client, values.project)}`;
  const interrupt = onInterrupt();
  try {
    const begun = await client.post<{ task_id: number; node_id: string }>(`${project}/hosts/run`, body);
    const { task_id: taskId } = begun;
    if (values.detach) {
      if (isJson) printJson(begun);
      else process.stdout.write(`${taskId}\n`);
      return 0;
    }
    note(`task ${taskId} has begun`);
    const model = await followTask(client, { project, taskId, isJson }, interrupt.signal);
    if (interrupt.signal.aborted) return await leave(client, project, taskId, values['stop-on-interrupt'] === true);
    await new Printer(isJson).summary(taskId, model);
    return model.state === 'FINISHED' ? 0 : 1;
  } finally {
    interrupt.release();
  }
}

async function leave(client: V1Client, project: string, taskId: number, stops: boolean): Promise<number> {
  if (stops) {
    await client.post(`${project}/tasks/${taskId}/stop`, {});
    note(`task ${taskId} is stopped`);
  } else {
    note(
      `task ${taskId} goes on: gantry logs -f ${taskId} follows it, gantry status ${taskId} says how it stands, ` +
        `gantry stop ${taskId} ends it`,
    );
  }
  return INTERRUPTED;
}
