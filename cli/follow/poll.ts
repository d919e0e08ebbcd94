import type { ShownEvents, ShownRun, ShownStep, ShownTask } from '../../api/v1/answers';
import type { V1Client } from '../v1/client';
import { allOf } from '../v1/list';
import type { TaskEvent } from './model';

/** How a task stands, all of it at once: what a stream would tell first. */
export async function lookAt(client: V1Client, project: string, taskId: number): Promise<TaskEvent[]> {
  const path = `${project}/tasks/${taskId}`;
  const { nodes, ...task } = await wholeTask(client, path);
  const steps = await allOf<ShownStep>(client, `${path}/host-steps`);
  const events: TaskEvent[] = [
    { event: 'task', data: task },
    ...nodes.map((data): TaskEvent => ({ event: 'node', data })),
  ];
  for (const step of steps) {
    events.push({ event: 'host_step', data: step as ShownEvents['host_step'] });
    const runs = await allOf<ShownRun>(client, `${project}/host-steps/${step.id}/runs`);
    for (const run of runs) events.push({ event: 'host', data: { step_id: step.id, ...run } as ShownEvents['host'] });
  }
  return events;
}

/** A task with all of its nodes. */
export async function wholeTask(client: V1Client, path: string): Promise<ShownTask> {
  const task = await client.get<ShownTask>(path);
  for (let after = task.next_nodes; after !== null; ) {
    const page = await client.get<ShownTask>(path, { after });
    task.nodes.push(...page.nodes);
    after = page.next_nodes;
  }
  return task;
}
