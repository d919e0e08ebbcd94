import { setTimeout as delay } from 'node:timers/promises';
import { stringifyJson } from '../../base/json';
import type { Json } from '../../pipeline/json';
import type { PipelineTree } from '../../pipeline/tree/types';
import { type GantryClient, RefusedError } from '../client';

const POLL_MS = 100;
const RESTING = new Set(['FINISHED', 'FAILED', 'REVOKED']);

/** A task of one project, over the HTTP API. */
export class CaseTask {
  private constructor(
    private readonly client: GantryClient,
    private readonly projectId: number,
    readonly id: number,
    /** With the ids that were given to its nodes. */
    readonly tree: PipelineTree,
  ) {}

  /** @throws RefusedError when the API does not take the tree */
  static async create(client: GantryClient, projectId: number, name: string, tree: PipelineTree): Promise<CaseTask> {
    const created = await client.fastCreateTask({ name, pipeline_tree: tree }, projectId);
    return new CaseTask(client, projectId, created.task_id, created.pipeline_tree as unknown as PipelineTree);
  }

  start(): Promise<void> {
    return this.client.startTask(this.id, this.projectId);
  }

  /** Polls until the task does not go on by itself; its state then, or the last one that was seen. */
  async untilResting(withinMs: number): Promise<string> {
    const giveUpAt = Date.now() + withinMs;
    let state = 'not seen';
    while (!RESTING.has(state) && Date.now() < giveUpAt) {
      await delay(POLL_MS);
      // An API that does not answer now may do so in time.
      state = await this.client.getTaskStatus(this.id, this.projectId).then(
        (root) => root.state,
        () => state,
      );
    }
    return state;
  }

  /** The state of a node; undefined when it was not reached. */
  async nodeState(nodeId: string): Promise<string | undefined> {
    return (await this.client.getTaskStatus(this.id, this.projectId)).children[nodeId]?.state;
  }

  /** Why a node failed. */
  async failureOf(nodeId: string): Promise<string> {
    const path = `get_task_node_data/${this.projectId}/${this.id}/?scope=project&node_id=${nodeId}`;
    const { ex_data = '' } = (await this.#data('GET', path)) as { ex_data?: Json };
    return typeof ex_data === 'string' ? ex_data : stringifyJson(ex_data);
  }

  /** Looks at a node as a page does. */
  async look(nodeId: string): Promise<void> {
    await this.#data('GET', `get_task_node_detail/${this.id}/${this.projectId}/?scope=project&node_id=${nodeId}`);
  }

  async #data(method: 'GET' | 'POST', path: string): Promise<unknown> {
    const envelope = await this.client.call(method, path);
    if (!envelope.result) throw new RefusedError(path.split('/')[0]!, envelope);
    return envelope.data;
  }
}
