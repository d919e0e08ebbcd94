import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { connect } from '../../db/connection';
import { ensureDemo } from '../../db/demo';
import { migrateToLatest } from '../../db/migrate';
import { pickPorts } from '../../stack/ports';
import { ApiClient, CREDENTIALS } from '../support/client';
import { eventually } from '../support/eventually';
import { type OwnPostgres, ownPostgres } from '../support/own-postgres';
import { sketch } from '../support/trees';
import { WorkerProcess } from '../support/worker-process';
import { STACK_PATIENCE } from './helper';

const CLIENTS = 4;
const FAULTS = 40;
/** An activity, a line of quick nodes, and a timer. */
const TREE = sketch({
  chains: ['S a b c E'],
  activities: {
    a: { code: 'bk_http_request', inputs: { bk_http_request_method: 'GET', bk_http_request_url: '${url}' } },
    c: { code: 'sleep_timer', inputs: { bk_timing: '1' } },
  },
  constants: { url: { value: '' } },
});

describe('Postgres going away under an API and a worker', () => {
  let postgres: OwnPostgres;
  let api: WorkerProcess;
  let worker: WorkerProcess;
  let url: string;
  const statuses = new Map<number, number>();

  beforeAll(async () => {
    postgres = await ownPostgres();
    await migrateToLatest(postgres.url);
    await ensureDemo(postgres.url, CREDENTIALS);
    const { api: port } = await pickPorts(['api'], {});
    url = `http://127.0.0.1:${port}`;
    const env = { GANTRY_PORT: String(port), GANTRY_HTTP_ALLOW: '127.0.0.1' };
    [api, worker] = await Promise.all([
      WorkerProcess.start(postgres.url, env, 'api'),
      WorkerProcess.start(postgres.url, env),
    ]);
  });

  afterAll(async () => {
    await Promise.all([api?.kill('SIGTERM'), worker?.kill('SIGTERM')]);
    await postgres.remove();
  });

  async function ask(path: string, body?: object, headers: Record<string, string> = {}) {
    const client = ApiClient.at(url);
    const answer = await (body ? client.post(`/apigw${path}`, body, headers) : client.get(`/apigw${path}`));
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    return answer;
  }

  /** As a client does: the same again while the answer is 503. */
  async function insist(path: string, body: object, headers: Record<string, string> = {}) {
    return eventually('the answer is not 503', () => ask(path, body, headers), {
      ...STACK_PATIENCE,
      isWanted: ({ status }) => status !== 503,
    });
  }

  it('ends neither of them, is told to callers as 503, and loses no task', async () => {
    const body = {
      name: 'away',
      pipeline_tree: { ...TREE, constants: { '${url}': { ...TREE.constants['${url}'], value: `${url}/healthz` } } },
    };
    let isOver = false;
    const started: number[] = [];
    async function client(name: number) {
      for (let round = 0; !isOver; round++) {
        const key = { 'Idempotency-Key': `${name} ${round}` };
        const { data } = await insist('/fast_create_task/1/', body, key);
        await insist(`/start_task/${data.task_id}/1/`, {});
        started.push(data.task_id);
        await ask(`/get_task_status/${data.task_id}/1/`);
        await ask('/get_task_list/1/');
        await delay(100);
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)));

    for (let fault = 0; fault < FAULTS; fault++) {
      await delay(100);
      if (fault % 20 === 19) {
        await postgres.stop();
        await delay(300);
        await postgres.start();
      } else if (fault % 10 === 9) await postgres.killBackend().catch(() => {});
      else await postgres.terminateBackends().catch(() => {});
    }
    isOver = true;
    await clients;

    const db = connect(postgres.url, { maxConnections: 1 });
    const unfinished = async () =>
      (await sql<{ id: number; shown: string }>`select id, shown from tasks where shown <> 'FINISHED'`.execute(db))
        .rows;
    const patience = { isWanted: ({ length }: unknown[]) => length === 0, withinMs: 60_000, everyMs: 200 };
    await eventually('all tasks have finished', unfinished, patience).finally(() => db.destroy());
    expect(started.length).toBeGreaterThan(CLIENTS);
    expect([api.isAlive, worker.isAlive]).toEqual([true, true]);
    expect([...statuses.keys()].sort()).toEqual([200, 503]);
  }, 180_000);
});
