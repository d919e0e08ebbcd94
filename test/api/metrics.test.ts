import { createApp } from '../../api/app';
import { Metrics } from '../../api/metrics';
import { Kept } from '../../api/metrics/kept';
import { claimRuns } from '../../db/host-runs';
import { authorization, CALLER } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { makeHostStep } from '../support/host-steps';
import { listen, send } from '../support/http-server';

const TOKEN = 'a-token-of-enough-letters';

describe('metrics', () => {
  let gantry: Gantry;
  let server: Awaited<ReturnType<typeof listen>>;

  beforeAll(async () => {
    gantry = await Gantry.create();
    const { services } = gantry;
    server = await listen(createApp({ services, metrics: new Metrics(services, { keepMs: 0 }) }));
  });

  afterAll(async () => {
    await server.close();
    await gantry.stop();
  });

  const scrape = (headers: Record<string, string> = {}, at = server) =>
    send(at.port, { method: 'GET', path: '/metrics', headers });

  /** Samples by name and labels. */
  async function read(at = server): Promise<Record<string, number>> {
    const { status, text } = await scrape({}, at);
    expect(status).toBe(200);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );
  }

  it('are for this machine, where there is no token, and not for whom a proxy on it forwards', async () => {
    const { status, headers } = await scrape();
    expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain; version=/)]);

    for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via']) {
      const refused = await scrape({ [name]: '127.0.0.1' });
      expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('GANTRY_METRICS_TOKEN')]);
    }
    // Not over a connection of this machine.
    expect((await createApp({ services: gantry.services }).request('/metrics')).status).toBe(403);
  });

  it('are for who has the token, where there is one, from wherever', async () => {
    const app = createApp({ services: gantry.services, metricsToken: TOKEN });
    const ask = async (given?: string) =>
      (await app.request('/metrics', given === undefined ? {} : { headers: { authorization: given } })).status;

    expect(await ask(`Bearer ${TOKEN}`)).toBe(200);
    for (const wrong of [undefined, '', TOKEN, `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, 'Bearer ']) {
      expect(await ask(wrong)).toBe(403);
    }
    const local = await listen(app);
    expect((await scrape({}, local)).status).toBe(403);
    await local.close();
  });

  it('say what is under way: tasks, hosts, and what has to be ended', async () => {
    const stepId = await makeHostStep(gantry.db, 5);
    await claimRuns(gantry.db, { stepId, part: 0, limit: 2 });
    const step = await gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    await gantry.db
      .updateTable('tasks')
      .set({ phase: 'running', shown: 'FAILED' })
      .where('id', '=', step.task_id)
      .execute();
    await gantry.db
      .insertInto('node_executions')
      .values({ task_id: step.task_id, node_id: 'n1', loop: 1, retry: 0, inner_loop: 1, seq: 1, status: 'REVOKED' })
      .execute();

    const before = await read();
    await gantry.db.updateTable('tasks').set({ phase: 'starting' }).where('id', '=', step.task_id).execute();
    await gantry.db
      .updateTable('host_runs')
      .set({ status: 'ok' })
      .where('step_id', '=', stepId)
      .where('status', '=', 'starting')
      .execute();
    const after = await read();

    expect(before).toMatchObject({
      gantry_database_up: 1,
      'gantry_tasks{state="FAILED"}': 1,
      gantry_tasks_queued: 0,
      'gantry_host_runs{status="waiting"}': 3,
      'gantry_host_runs{status="starting"}': 2,
      'gantry_reaper_backlog{what="end"}': 2,
      'gantry_reaper_backlog{what="ask"}': 0,
      gantry_tasks_put_aside: 0,
      gantry_saved_tasks_overdue: 0,
    });
    expect(after).toMatchObject({ gantry_tasks_queued: 1, 'gantry_reaper_backlog{what="end"}': 0 });
    expect(after).not.toHaveProperty(['gantry_host_runs{status="starting"}']);
  });

  it('count requests by family, endpoint and class of status', async () => {
    const headers = authorization(CALLER);
    await send(server.port, { method: 'GET', path: '/api/v1/projects', headers });
    await send(server.port, { method: 'GET', path: '/api/v1/projects' });
    await send(server.port, { method: 'GET', path: '/nowhere' });

    const samples = await read();

    const count = (family: string, endpoint: string, status: string) =>
      samples[
        `gantry_http_request_duration_seconds_count{family="${family}",endpoint="${endpoint}",status="${status}"}`
      ];
    expect([count('v1', 'list_projects', '2xx'), count('v1', 'list_projects', '4xx')]).toEqual([1, 1]);
    expect(count('none', 'none', '4xx')).toBeGreaterThan(0);
  });

  it('say of the process: alarms, event streams, and connections', async () => {
    const { alarms } = gantry.services;
    alarms.raise('test-alarm', 'somebody should look');
    const stepId = await makeHostStep(gantry.db, 1);
    const { task_id, project_id } = await gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    const gone = new AbortController();
    const path = `/api/v1/projects/${project_id}/tasks/${task_id}/events`;
    await fetch(`${server.url}${path}`, { headers: authorization(CALLER), signal: gone.signal });

    const samples = await read();
    gone.abort();
    alarms.clear('test-alarm');
    await eventually('the stream is gone', async () => (await read()).gantry_event_streams === 0);

    expect(samples).toMatchObject({
      'gantry_alarm{name="test-alarm"}': 1,
      gantry_event_streams: 1,
      gantry_pg_waiting: 0,
    });
    expect(samples['gantry_pg_connections{state="idle"}']).toBeGreaterThan(0);
    expect(await read()).not.toHaveProperty(['gantry_alarm{name="test-alarm"}']);
  });

  it('leave out what the database does not say', async () => {
    const away = {
      ...gantry.services,
      db: { transaction: () => ({ execute: () => Promise.reject(new Error('away')) }) },
    };
    const silent = await listen(createApp({ services: away as unknown as Gantry['services'] }));

    const samples = await read(silent);
    await silent.close();

    expect(samples).toMatchObject({ gantry_database_up: 0, gantry_event_streams: 0 });
    const names = Object.keys(samples).map((name) => name.replace(/\{.*/, ''));
    for (const name of ['gantry_tasks', 'gantry_tasks_queued', 'gantry_host_runs', 'gantry_tasks_put_aside']) {
      expect(names).not.toContain(name);
    }
  });
});

describe('what is kept for a while', () => {
  it('is asked for once in that time, by however many, and again after it', async () => {
    let asked = 0;
    const kept = new Kept(async () => ++asked, 100);

    expect(await Promise.all([kept.read(0), kept.read(0), kept.read(50)])).toEqual([1, 1, 1]);
    expect([await kept.read(99), await kept.read(100), await kept.read(101)]).toEqual([1, 2, 2]);
  });

  it('is not asked for again at once where that has failed', async () => {
    let asked = 0;
    const kept = new Kept(async () => {
      asked += 1;
      throw new Error('away');
    }, 100);

    expect([await kept.read(0), await kept.read(10), await kept.read(100)]).toEqual([undefined, undefined, undefined]);
    expect(asked).toBe(2);
  });
});
