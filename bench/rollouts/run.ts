import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'kysely';
import { authorization } from '../../cli/client';
import type { Db } from '../../db/connection';
import { workflowIdOf } from '../../temporal/names';
import type { ArmSetup } from '../arms';
import { type Counts, countsOfRuns } from '../counts';
import type { OrionApi } from '../orion';
import { MB, RssWatch } from '../rss-watch';
import type { Stack } from '../stack';

const LOOK_EVERY_MS = 500;
const PROJECT_ID = 1;

export interface RolloutSetup {
  setup: ArmSetup;
  stack: Stack;
  orion: OrionApi;
}

export interface RolloutOrder {
  templateId: number;
  nodes: readonly string[];
  batchSize: number;
  /** It is stopped when it takes longer. */
  withinMs: number;
}

/** What a rollout took, from the request that makes it to the end of its task. */
export interface RolloutSample {
  wallMs: number;
  /** Of the worker. */
  cpuMs: number;
  /** That the worker sent to Postgres. */
  statements: number;
  rssBeforeMb: number;
  /** The highest of the worker meanwhile. */
  rssMb: number;
  /** Of each run of the workflow. */
  counts: Counts[];
  /** Pairs of a host and a step whose script was run exactly once there, and has ended well. */
  ranOnce: number;
  batchesDone: number;
  /** Of the task's tree as it is stored. */
  treeBytes: number;
  /** Bytes of the longest answer while it ran and at its end, by what was asked. */
  answers: Record<string, number>;
}

/** Runs a rollout to its end, through the API, and asks meanwhile how it stands. */
export async function runRollout(
  { setup, stack, orion }: RolloutSetup,
  { templateId, nodes, batchSize, withinMs }: RolloutOrder,
): Promise<RolloutSample> {
  const { db } = setup.services;
  const worker = stack.services.get('worker-1')!;
  const before = await worker.usage();
  const memory = new RssWatch(worker);
  const startedAt = performance.now();
  const request = { template_id: templateId, task_name: `batches of ${batchSize}`, max_num: batchSize, nodes };
  const { ids } = await orion.post<{ ids: number[] }>('/task/create', request);
  const flowId = ids[0]!;
  const { task_id: taskId } = await orion.post<{ task_id: number }>(`/task/${flowId}`, {});
  const workflowId = workflowIdOf(setup.installation, taskId);
  const answers = new AnswerWatch(stack, { flowId, taskId });
  await untilEnded(setup.client.workflow.getHandle(workflowId), withinMs, () => orion.post(`/task/stop/${flowId}`, {}));
  const wallMs = performance.now() - startedAt;
  const rssMb = (await memory.end()) / MB;
  const after = await worker.usage();
  return {
    wallMs,
    cpuMs: after.cpuMs - before.cpuMs,
    statements: after.statements - before.statements,
    rssBeforeMb: before.rssBytes / MB,
    rssMb,
    counts: await countsOfRuns(setup.client, workflowId),
    answers: await answers.end(),
    ...(await rowsOf(db, { flowId, taskId })),
  };
}

/** Waits for the end of a task, and ends one that takes too long. */
async function untilEnded(handle: WorkflowHandle, withinMs: number, stop: () => Promise<unknown>): Promise<void> {
  const waiting = new AbortController();
  const isLate = delay(withinMs, true, { signal: waiting.signal }).catch(() => false);
  const ended = handle.result().then(() => false);
  ended.catch(() => {});
  try {
    if (await Promise.race([ended, isLate])) {
      await stop();
      await ended;
    }
  } finally {
    waiting.abort();
  }
}

/** What is in the database of a rollout that has ended. */
async function rowsOf(db: Db, { flowId, taskId }: { flowId: number; taskId: number }) {
  const { rows } = await sql<{ ranOnce: number; batchesDone: number; treeBytes: number }>`
    select (select count(*)::integer from (
              select from host_runs runs join host_steps steps on steps.id = runs.step_id
               where steps.flow_id = ${flowId} group by runs.place, steps.flow_step
              having count(*) = 1 and bool_and(runs.status = 'ok' and runs.host_try = 1)
            ) once) as "ranOnce",
           (select count(*)::integer from flow_batches where flow_id = ${flowId} and state = 2) as "batchesDone",
           (select octet_length(tree::text) from task_trees where task_id = ${taskId}) as "treeBytes"`.execute(db);
  return rows[0]!;
}

/** Asks again and again how a rollout stands, as its watchers do in each of the families. */
class AnswerWatch {
  readonly #most: Record<string, number> = {};
  #isOver = false;
  readonly #watching: Promise<void>;

  constructor(
    private readonly stack: Stack,
    { flowId, taskId }: { flowId: number; taskId: number },
  ) {
    this.#watching = this.#watch({
      get_task_status: `/apigw/get_task_status/${taskId}/${PROJECT_ID}/?scope=project`,
      '/task/:id': `/task/${flowId}`,
      'v1 rollout': `/api/v1/projects/${PROJECT_ID}/rollouts/${flowId}`,
    });
    // What goes wrong is told by `end`.
    this.#watching.catch(() => {});
  }

  /** @returns the bytes of the longest answers that were seen */
  async end(): Promise<Record<string, number>> {
    this.#isOver = true;
    await this.#watching;
    return this.#most;
  }

  async #watch(paths: Readonly<Record<string, string>>): Promise<void> {
    for (let isLast = false; !isLast; await delay(LOOK_EVERY_MS)) {
      isLast = this.#isOver;
      for (const [name, path] of Object.entries(paths)) {
        this.#most[name] = Math.max(this.#most[name] ?? 0, await this.#bytesOf(path));
      }
    }
  }

  async #bytesOf(path: string): Promise<number> {
    const { urls, credentials } = this.stack;
    const headers = { ...authorization(credentials), 'X-Gantry-Project': String(PROJECT_ID) };
    const response = await fetch(`${urls[0]}${path}`, { headers });
    const { byteLength } = await response.arrayBuffer();
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return byteLength;
  }
}
