import { closeOpenNodeExecutions } from '../db/node-executions';
import { closeLostTask, listRunningTasks } from '../db/tasks';
import type { Services } from './services';
import { startStuckTasks } from './start';

const PERIOD_MS = 5_000;
/** Workflows looked up in a round: a full turn over many tasks may take a while. */
const LOOKED_UP_PER_ROUND = 20;

/** Compares tasks with their workflows, again and again, and repairs what a crash or a person left apart. */
export class Reconciler {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #lastTaskId = 0;

  constructor(private readonly services: Services) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.#reconcile());
    }, PERIOD_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  async #reconcile(): Promise<void> {
    try {
      await startStuckTasks(this.services);
      this.#lastTaskId = await closeLostTasks(this.services, this.#lastTaskId);
    } catch (error) {
      // Postgres or Temporal is away: the next round tries again.
      this.services.log.warn({ error }, 'reconciling did not work');
    }
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
