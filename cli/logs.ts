import { parseArgs } from 'node:util';
import { followTask } from './follow/follow';
import { LogReader } from './follow/logs';
import { type SeenHost, TaskModel } from './follow/model';
import { lookAt } from './follow/poll';
import { Printer } from './follow/printer';
import { lastLines } from './follow/tail';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { Misuse } from './misuse';
import { taskCalled } from './task-called';
import { idOf, PROJECT_OPTIONS } from './v1/project';

/**
 * `gantry logs [-f] TASK [HOST]`: what hosts have written for a task, in the newest attempt of each node unless another is
 * said; with `-f` until nothing happens any more.
 */
export async function logs(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...PROJECT_OPTIONS,
      follow: { type: 'boolean', short: 'f' },
      node: { type: 'string' },
      attempt: { type: 'string' },
      tail: { type: 'string' },
    },
  });
  const [task, host, ...rest] = positionals;
  if (rest.length > 0) throw new Misuse(`gantry logs does not know ${rest.join(' ')}`);
  const { json: isJson = false, follow = false, node } = values;
  const attempt = values.attempt === undefined ? undefined : idOf('--attempt', values.attempt);
  const tail = values.tail === undefined ? undefined : idOf('--tail', values.tail);
  if (tail === 0) throw new Misuse('--tail is a number of lines, from 1');
  if (follow && tail !== undefined) throw new Misuse('say -f or --tail');
  const { client, project, taskId } = await taskCalled(task, values.project);
  const wants = wanting({ host, node, attempt });
  if (follow) {
    const interrupt = onInterrupt();
    await followTask(client, { project, taskId, isJson, wants }, interrupt.signal);
    interrupt.release();
    return interrupt.signal.aborted ? INTERRUPTED : 0;
  }
  const model = new TaskModel();
  for (const event of await lookAt(client, project, taskId)) model.apply(event);
  const wanted = model.hosts.filter((one) => wants(one, model));
  if (host !== undefined && wanted.length === 0) throw new Error(`task ${taskId} has no such host: ${host}`);
  const printer = new Printer(isJson);
  if (tail === undefined) {
    const reader = new LogReader(client, project, printer.lines);
    // One host after the other: nothing is live, and whole logs are easier to read.
    for (const one of wanted) await reader.readToEnd(one);
  } else {
    for (const one of wanted) await printer.lines(one, await lastLines(client, project, one, tail));
  }
  return 0;
}

/** Whose output is printed. */
function wanting({
  host,
  node,
  attempt,
}: {
  host?: string | undefined;
  node?: string | undefined;
  attempt?: number | undefined;
}) {
  return (one: SeenHost, model: TaskModel): boolean => {
    const step = model.steps.get(one.step_id);
    if (!step || (node !== undefined && step.node_id !== node)) return false;
    if (host !== undefined && ![one.name, one.address, String(one.host_id)].includes(host)) return false;
    return attempt === undefined ? model.isNewest(step) : step.attempt === attempt;
  };
}
