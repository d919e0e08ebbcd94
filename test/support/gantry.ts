import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import pino from 'pino';
import { createApp } from '../../api/app';
import { previews } from '../../api/previews/pool';
import { Alarms } from '../../base/alarms';
import { installationName } from '../../db/access';
import { connect, type Db } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import { createLauncher } from '../../schedules/launch';
import type { Services } from '../../tasks/services';
import { connectClient, type TemporalConfig } from '../../temporal/connection';
import { type Installation, workflowIdOf } from '../../temporal/names';
import { Pipelines } from '../../temporal/pipelines';
import { Schedules } from '../../temporal/schedules';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { ApiClient, askApp, CALLER, CREDENTIALS } from './client';
import { createDatabase } from './database';
import { quietRuntime, temporal } from './temporal';

/**
 * A whole installation on a database of its own, in this process, and a client of its API; every test file makes one.
 */
export class Gantry extends ApiClient {
  #worker: RunningWorker | undefined;

  private constructor(
    readonly server: TemporalConfig,
    readonly databaseUrl: string,
    readonly db: Db,
    readonly client: Client,
    readonly installation: Installation,
    readonly services: Services,
    app: ReturnType<typeof createApp>,
    private readonly close: () => Promise<void>,
  ) {
    super((request) => askApp(app, request), CALLER);
  }

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
}
