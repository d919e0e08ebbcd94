import { closeOpenNodeExecutions } from '../db/node-executions';
import { closeLostTask, listRunningTasks } from '../db/tasks';
import { Rounds } from './rounds';
import type { Services } from './services';
import { startStuckTasks } from './start';

/** Workflows looked up in a round: a full turn over many tasks may take a while. */
const LOOKED_UP_PER_ROUND = 20;

/** Compares tasks with their workflows, again and again, and repairs what a crash or a person left apart. */
export class Reconciler extends Rounds {
  #lastTaskId = 0;

  constructor(services: Services) {
    super(services, 'reconciling');
  }

  protected async round(): Promise<void> {
    await startStuckTasks(this.services);
    this.#lastTaskId = await closeLostTasks(this.services, this.#lastTaskId);
  }
}

/**
 * Ends running tasks whose workflow was terminated or is gone, so that they do not stay RUNNING for ever.
 *
 * @returns where the next round goes on
 */
export async function closeLostTasks({ db, pipelines, log }: Services, afterId: number): Promise<number> {
  const tasks = await listRunningTasks(db, { afterId, limit: LOOKED_UP_PER_ROUND });
  for (const { id, seq } of tasks) {
    const status = await pipelines.status(id);
    if (status === 'RUNNING' || status === 'CONTINUED_AS_NEW') continue;
    const isClosed = await db.transaction().execute(async (tx) => {
      if (!(await closeLostTask(tx, id, seq))) return false;
      await closeOpenNodeExecutions(tx, id, new Date());
      return true;
    });
    if (isClosed) log.warn({ taskId: id, workflow: status ?? 'not found' }, 'closed a task whose workflow is gone');
  }
  return tasks.length < LOOKED_UP_PER_ROUND ? 0 : tasks.at(-1)!.id;
}
