import { setTimeout as delay } from 'node:timers/promises';
import { type CreatedTask, type Envelope, GantryClient } from '../cli/client';
import type { PipelineTree } from '../pipeline/tree/types';
import type { Credentials } from '../stack/home';

const PROJECT_ID = 1;
const POLL_MS = 10;
/** States in which a task does not go on by itself. */
const RESTING = new Set(['FINISHED', 'FAILED', 'REVOKED']);
/** As many as one call of get_tasks_status takes. */
const TASKS_A_CALL = 50;

/** Tasks over the HTTP API, as a program drives them. */
export class HttpTasks {
  readonly client: GantryClient;
  readonly #watched = new Map<number, (state: string) => void>();
  #watching: Promise<void> | undefined;

  constructor(options: { url: string; credentials: Credentials }) {
    this.client = new GantryClient(options);
  }

  create(name: string, tree: PipelineTree): Promise<CreatedTask> {
    return this.client.fastCreateTask({ name, pipeline_tree: tree }, PROJECT_ID);
  }

  start(taskId: number): Promise<void> {
    return this.client.startTask(taskId, PROJECT_ID);
  }

  detail(taskId: number): Promise<Envelope> {
    return this.client.call('GET', `get_task_detail/${taskId}/${PROJECT_ID}/?scope=project`);
  }

  /**
   * Waits until a task rests; its state then. All tasks that are waited for are asked about together, some 10 ms apart,
   * as a caller with many tasks would.
   */
  untilResting(taskId: number): Promise<string> {
    const resting = new Promise<string>((resolve) => this.#watched.set(taskId, resolve));
    this.#watching ??= this.#watch();
    return Promise.race([resting, this.#watching.then(() => resting)]);
  }

  /** The whole path: create, start, wait, and read what became of it. */
  async runToEnd(name: string, tree: PipelineTree): Promise<string> {
    const { task_id } = await this.create(name, tree);
    await this.start(task_id);
    const state = await this.untilResting(task_id);
    await this.detail(task_id);
    return state;
  }

  /** States of tasks by id. */
  async states(taskIds: readonly number[]): Promise<Map<number, string>> {
    const states = new Map<number, string>();
    for (let place = 0; place < taskIds.length; place += TASKS_A_CALL) {
      const body = { task_id_list: taskIds.slice(place, place + TASKS_A_CALL), scope: 'project' };
      const answer = await this.client.call('POST', `get_tasks_status/${PROJECT_ID}/`, body);
      if (!answer.result) throw new Error(`get_tasks_status: ${answer.message}`);
      for (const { id, status } of answer.data as { id: number; status: { state: string } }[]) {
        states.set(id, status.state);
      }
    }
    return states;
  }

  async #watch(): Promise<void> {
    try {
      while (this.#watched.size > 0) {
        await delay(POLL_MS);
        for (const [id, state] of await this.states([...this.#watched.keys()])) {
          if (!RESTING.has(state)) continue;
          this.#watched.get(id)?.(state);
          this.#watched.delete(id);
        }
      }
    } finally {
      // In the same turn as the last look: a task that is added later finds that nobody watches.
      this.#watching = undefined;
    }
  }
}
