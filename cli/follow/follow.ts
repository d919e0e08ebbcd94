import type { V1Client } from '../v1/client';
import { LogReader } from './logs';
import { keyOf, type SeenHost, TaskModel } from './model';
import { Printer } from './printer';
import { watchTask } from './watch';

/** Which task is followed, and what of it. */
export interface Followed {
  project: string;
  taskId: number;
  isJson: boolean;
  /** Whose output is printed; absent: that of all. */
  wants?: (host: SeenHost, model: TaskModel) => boolean;
}

/** Prints what the hosts of a task write until nothing of it happens any more, or the signal; then the model is as it was last. */
export async function followTask(client: V1Client, followed: Followed, signal: AbortSignal): Promise<TaskModel> {
  const { project, taskId, isJson, wants = () => true } = followed;
  const model = new TaskModel();
  const printer = new Printer(isJson);
  const reader = new LogReader(client, project, printer.lines, signal);
  // Whoever was wanted once is read to the end, also when its node has gone on to another attempt meanwhile.
  const wanted = new Set<string>();
  const stop = new AbortController();
  try {
    for await (const batch of watchTask(client, { project, taskId }, AbortSignal.any([signal, stop.signal]))) {
      for (const event of batch) model.apply(event);
      for (const host of model.hosts) if (wants(host, model)) wanted.add(keyOf(host));
      await reader.read(model.hosts.filter((host) => wanted.has(keyOf(host))));
      if (model.isStill) break;
    }
  } finally {
    stop.abort();
  }
  return model;
}
