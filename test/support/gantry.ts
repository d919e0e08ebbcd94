import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import pino from 'pino';
import { createApp } from '../../api/app';
import { inventoryReader } from '../../api/inventory-text/reader';
import { privateKeyReader } from '../../api/private-key/reader';
import type { Db } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import { type Connected, connectServices, type Services } from '../../tasks/services';
import { previews } from '../../tasks/view/previews/pool';
import { yamlReader } from '../../templates/yaml/aside';
import type { TemporalConfig } from '../../temporal/connection';
import { type Installation, workflowIdOf } from '../../temporal/names';
import type { RunningWorker } from '../../worker/worker';
import { ApiClient, askApp, CALLER, CREDENTIALS } from './client';
import { createDatabase } from './database';
import { loadWorker, quietRuntime, temporal } from './temporal';

/**
 * A whole installation on a database of its own, in this process, and a client of its API; every test file makes one.
 */
export class Gantry extends ApiClient {
  readonly services: Services;
  readonly db: Db;
  readonly client: Client;
  readonly installation: Installation;
  readonly server: TemporalConfig;
  #worker: RunningWorker | undefined;

  private constructor(
    private readonly connected: Connected,
    readonly databaseUrl: string,
    private readonly drop = async () => {},
  ) {
    const { services, client, installation, server } = connected;
    const app = createApp({ services });
    super((request) => askApp(app, request), CALLER);
    this.services = services;
    this.db = services.db;
    this.client = client;
    this.installation = installation;
    this.server = server;
  }

  static async create(server = temporal()): Promise<Gantry> {
    process.env.GANTRY_SECRET_KEYS ??= `test:${Buffer.alloc(32, 'test').toString('base64')}`;
    const { url, drop } = await createDatabase();
    await ensureDemo(url, CREDENTIALS);
    const log = pino({
      level: process.env.GANTRY_LOG_LEVEL ?? 'silent',
      serializers: { error: pino.stdSerializers.err },
    });
    const connected = await connectServices({ database: { url }, server, log, baseUrl: 'http://gantry.test' });
    return new Gantry(connected, url, drop);
  }

  /** Another API process of the same installation, as it were: with connections of its own. */
  async another(): Promise<Gantry> {
    const { server, services, databaseUrl: url } = this;
    return new Gantry(await connectServices({ ...services, database: { url }, server }), url);
  }

  /** Runs a worker beside the API, which may reach hosts in the networks that are named. */
  async startWorker(options: Partial<WorkerOptions> = {}, hostsAllow = ''): Promise<void> {
    quietRuntime();
    const bundle = process.env.GANTRY_TEST_WORKFLOW_BUNDLE!;
    this.#worker = await loadWorker().startWorker(this.connected, { hostsAllow, bundle, options });
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = undefined;
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await previews.close();
    await yamlReader.close();
    await inventoryReader.close();
    await privateKeyReader.close();
    await this.connected.close();
    await this.drop();
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
