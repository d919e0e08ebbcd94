import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import pino from 'pino';
import { createApp } from '../../api/app';
import type { StateNode } from '../../api/bk-sops/state-tree';
import { previews } from '../../api/previews/pool';
import { Alarms } from '../../base/alarms';
import { parseJson, stringifyJson } from '../../base/json';
import { installationName } from '../../db/access';
import { connect, type Db } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import type { PipelineTree } from '../../pipeline/tree/types';
import { createLauncher } from '../../schedules/launch';
import type { Services } from '../../tasks/services';
import { connectClient, type TemporalConfig } from '../../temporal/connection';
import { type Installation, workflowIdOf } from '../../temporal/names';
import { Pipelines } from '../../temporal/pipelines';
import { Schedules } from '../../temporal/schedules';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { requireDescribed } from './answers';
import { createDatabase } from './database';
import { eventually } from './eventually';
import { quietRuntime, temporal } from './temporal';

export const CREDENTIALS = { app_code: 'test-app', app_secret: 'test-secret', username: 'admin' };
const AUTHORIZATION = JSON.stringify({
  bk_app_code: CREDENTIALS.app_code,
  bk_app_secret: CREDENTIALS.app_secret,
  bk_username: CREDENTIALS.username,
});

/** An answer of the API with its HTTP status. */
export interface Answer {
  status: number;
  result: boolean;
  code: number;
  message: string;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any endpoint
  data: any;
  errors?: unknown[];
}

/** A whole installation on a database of its own, in this process; every test file makes one. */
export class Gantry {
  #worker: RunningWorker | undefined;

  private constructor(
    readonly server: TemporalConfig,
    readonly databaseUrl: string,
    readonly db: Db,
    readonly client: Client,
    readonly installation: Installation,
    readonly services: Services,
    private readonly app: ReturnType<typeof createApp>,
    private readonly close: () => Promise<void>,
  ) {}

  static async create(server = temporal()): Promise<Gantry> {
    process.env.GANTRY_SECRET_KEYS ??= `test:${Buffer.alloc(32, 'test').toString('base64')}`;
    const database = await createDatabase();
    await ensureDemo(database.url, CREDENTIALS);
    const db = connect(database.url);
    const client = await connectClient(server);
    const installation = { name: await installationName(db) };
    const log = pino({
      level: process.env.GANTRY_LOG_LEVEL ?? 'silent',
      serializers: { error: pino.stdSerializers.err },
    });
    quietRuntime();
    const services = {
      db,
      pipelines: new Pipelines(client, installation),
      schedules: new Schedules(client, installation),
      log,
      alarms: new Alarms(log),
      baseUrl: 'http://gantry.test',
    };
    const app = createApp({ services });
    return new Gantry(server, database.url, db, client, installation, services, app, async () => {
      await client.connection.close();
      await db.destroy();
      await database.drop();
    });
  }

  /** Another API process of the same installation, as it were: with connections of its own. */
  async another(): Promise<Gantry> {
    const db = connect(this.databaseUrl);
    const client = await connectClient(this.server);
    const pipelines = new Pipelines(client, this.installation);
    const services = { ...this.services, db, pipelines, schedules: new Schedules(client, this.installation) };
    const app = createApp({ services });
    return new Gantry(this.server, this.databaseUrl, db, client, this.installation, services, app, async () => {
      await client.connection.close();
      await db.destroy();
    });
  }

  /** Runs a worker beside the API. */
  async startWorker(options: Partial<WorkerOptions> = {}): Promise<void> {
    const bundle = process.env.GANTRY_TEST_WORKFLOW_BUNDLE!;
    const setup = {
      ...this.server,
      installation: this.installation,
      db: this.db,
      launch: createLauncher(this.services),
      log: this.services.log,
      bundle,
      options,
    };
    this.#worker = await startWorker(setup);
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = undefined;
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await previews.close();
    await this.close();
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, typeof body === 'string' ? body : stringifyJson(body), headers);
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  async send(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const all = { 'X-Bkapi-Authorization': AUTHORIZATION, 'Content-Type': 'application/json', ...headers };
    const response = await this.app.request(path, { method, headers: all, ...(body === undefined ? {} : { body }) });
    const answer = parseJson(await response.text()) as Omit<Answer, 'status'>;
    requireDescribed(path, answer);
    return { status: response.status, ...answer };
  }

  /** Creates a task of the demo project; fails with the API's message. */
  async create(pipeline_tree: unknown, more: object = {}): Promise<{ task_id: number; pipeline_tree: PipelineTree }> {
    const answer = await this.post('/apigw/fast_create_task/1/', { name: 'test', pipeline_tree, ...more });
    if (!answer.result) throw new Error(answer.message);
    return answer.data;
  }

  async start(taskId: number, body: object = {}): Promise<void> {
    const answer = await this.post(`/apigw/start_task/${taskId}/1/`, body);
    if (!answer.result) throw new Error(answer.message);
  }

  async status(taskId: number): Promise<StateNode> {
    return (await this.get(`/apigw/get_task_status/${taskId}/1/`)).data;
  }

  /** Polls until the task looks as wanted; what it looks like then. */
  async until(taskId: number, isWanted: (root: StateNode) => boolean, timeoutMs = 30_000): Promise<StateNode> {
    const patience = { isWanted, withinMs: timeoutMs };
    return eventually(`task ${taskId} is as wanted`, () => this.status(taskId), patience);
  }

  /** The history of a task's last run, once that has ended. */
  async history(taskId: number) {
    await this.untilEnded(taskId);
    return this.client.workflow.getHandle(workflowIdOf(this.installation, taskId)).fetchHistory();
  }

  /** Waits without asking again and again, which costs much for a large task. */
  async untilEnded(taskId: number): Promise<void> {
    await this.client.workflow.getHandle(workflowIdOf(this.installation, taskId)).result();
  }

  /** Finished rounds by node. */
  async countRounds(taskId: number): Promise<Record<string, number>> {
    const rows = await this.db
      .selectFrom('node_executions')
      .select(['node_id', ({ fn }) => fn.countAll<string>().as('rounds')])
      .where('task_id', '=', taskId)
      .where('status', '=', 'FINISHED')
      .groupBy('node_id')
      .execute();
    return Object.fromEntries(rows.map(({ node_id, rounds }) => [node_id, Number(rounds)]));
  }

  untilState(taskId: number, state: string, timeoutMs?: number): Promise<StateNode> {
    return this.until(taskId, (root) => root.state === state, timeoutMs);
  }
}
