import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLog } from '../../../db/host-logs';
import { shellWith, TestServer } from '../../hosts/ssh/server';
import { processesWith } from '../../hosts/support';
import { eventually } from '../../support/eventually';
import { OrionClient } from '../../support/orion';
import { sketch } from '../../support/trees';
import { dataOf } from '../../support/v1';
import { SshWorld } from './support';

describe('run_script', () => {
  let world: SshWorld;
  const folder = mkdtempSync(join(tmpdir(), 'gantry-run-script-'));
  const hosts: { id: number; home: string }[] = [];
  const servers: TestServer[] = [];

  beforeAll(async () => {
    world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    for (let n = 0; n < 6; n++) {
      const home = join(folder, `host${n}`);
      mkdirSync(home);
      const server = await TestServer.listen({ onCommand: shellWith({ PATH: process.env.PATH, HOME: home }) });
      servers.push(server);
      hosts.push({
        home,
        id: await world.host({ server, host: { name: `host${n}`, tags: ['all', n < 3 ? 'web' : 'db'] } }),
      });
    }
  });

  afterAll(async () => {
    await world.close();
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const project = () => world.project.projectId;
  const status = async (task: number) =>
    (await world.gantry.get(`/apigw/get_task_status/${task}/${project()}/?scope=project`)).data;
  const untilState = (task: number, state: string) =>
    eventually(`task ${task} is ${state}`, () => status(task), {
      isWanted: (root) => root.state === state,
      withinMs: 120_000,
    });

  /** Runs a task of one node; its id and that of the node. */
  async function run(inputs: object, constants: object = {}) {
    const pipeline_tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'run_script', version: '1.0', inputs: inputs as never } },
      constants: constants as never,
    });
    const { data, message } = await world.gantry.post(`/apigw/fast_create_task/${project()}/?scope=project`, {
      name: 'test',
      pipeline_tree,
    });
    expect(message).toBe('success');
    const task: number = data.task_id;
    expect((await world.gantry.post(`/apigw/start_task/${task}/${project()}/?scope=project`)).message).toBe('success');
    return { task, node: Object.keys(data.pipeline_tree.activities)[0]! };
  }

  const detail = async (task: number, node: string) =>
    (
      await world.gantry.get(
        `/apigw/get_task_node_detail/${task}/${project()}/?scope=project&node_id=${node}&component_code=run_script`,
      )
    ).data;
  const outputsOf = async (task: number, node: string) =>
    Object.fromEntries(
      (await detail(task, node)).outputs.map(({ key, value }: { key: string; value: unknown }) => [key, value]),
    );

  const runsOf = (task: number) =>
    world.gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'host_runs.step_id')
      .selectAll('host_runs')
      .select('host_steps.retry')
      .where('host_steps.task_id', '=', task)
      .orderBy('host_runs.id')
      .execute();
  const lines = (host: { home: string }, name: string) => {
    try {
      return readFileSync(join(host.home, name), 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  };

  /** Paths of what a host keeps of runs. */
  const keptBy = (host: { home: string }) => {
    const folder = join(host.home, '.gantry', 'runs');
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  };

  it('runs on every host that has the tags, once each, and keeps what was written there', async () => {
    const { task, node } = await run({
      tags: ['all', 'web'],
      script: 'echo "$GANTRY_P_who" >> ran; echo "hello {{who}}"; echo "$1" >&2',
      parameters: { who: 'w $(touch bad) "o"' },
      arguments: ['first; arg'],
    });
    await untilState(task, 'FINISHED');

    expect(await outputsOf(task, node)).toMatchObject({ total: 3, counts: { ok: 3 }, failed: 0, failed_hosts: [] });
    for (const host of hosts) expect(lines(host, 'ran')).toBe(host === hosts[0] || hosts.indexOf(host) < 3 ? 1 : 0);
    for (const { id, status, exit_code } of await runsOf(task)) {
      expect([status, exit_code]).toEqual(['ok', 0]);
      expect(String(await readLog(world.gantry.db, id, { from: 0, maxBytes: 1000 }))).toBe(
        'hello w $(touch bad) "o"\nfirst; arg\n',
      );
    }
    for (const host of hosts) expect(lines(host, 'bad')).toBe(0);
  });

  it('fails when a host fails, says which and why; a retry runs where it was not done, and no second time where it was', async () => {
    const { task, node } = await run({
      tags: ['web'],
      script: 'echo x >> tried; [ "$(basename "$HOME")" != host1 ] || [ -e good ] || exit 7',
    });
    await untilState(task, 'FAILED');

    const before = await detail(task, node);
    expect(before.ex_data).toContain('1 of 3 hosts failed, and 0 may');
    expect(before.ex_data).toContain('exit code 7');
    expect((await runsOf(task)).map(({ status }) => status).sort()).toEqual(['failed', 'ok', 'ok']);

    expect(lines(hosts[1]!, 'tried')).toBe(1);
    writeFileSync(join(hosts[1]!.home, 'good'), '');
    await world.gantry.post(`/apigw/operate_node/${project()}/${task}/?scope=project`, {
      node_id: node,
      action: 'retry',
    });
    await untilState(task, 'FINISHED');

    expect(hosts.slice(0, 3).map((host) => lines(host, 'tried'))).toEqual([1, 2, 1]);
    expect(await outputsOf(task, node)).toMatchObject({ total: 3, counts: { ok: 1, skipped: 2 }, failed: 0 });
  });

  it('gives on what scripts report, the value of the first host, also of one that was done before', async () => {
    const script =
      'echo "<SOPS_VAR>home:$(basename "$HOME")</SOPS_VAR><SOPS_VAR>same:1</SOPS_VAR>"; ' +
      '[ "$(basename "$HOME")" != host2 ] || [ -e reported ] || { touch reported; exit 1; }';
    const { task, node } = await run({ tags: ['web'], script });
    await untilState(task, 'FAILED');
    await world.gantry.post(`/apigw/operate_node/${project()}/${task}/?scope=project`, {
      node_id: node,
      action: 'retry',
    });
    await untilState(task, 'FINISHED');

    expect(await outputsOf(task, node)).toMatchObject({
      counts: { ok: 1, skipped: 2 },
      values: { home: 'host0', same: '1' },
      conflicts: ['home'],
    });
  });

  it('begins no further host once more have failed than may', async () => {
    const { task, node } = await run({ tags: ['all'], script: 'exit 3', concurrency: 1, max_failed: 1 });
    await untilState(task, 'FAILED');

    expect(await outputsOf(task, node)).toMatchObject({ total: 6, counts: { failed: 2, not_run: 4 }, failed: 2 });
  });

  it('takes the number of hosts that may fail as a share of its hosts, rounded down', async () => {
    const { task, node } = await run({ tags: ['all'], script: 'exit 3', concurrency: 1, max_failed: '49%' });
    await untilState(task, 'FAILED');

    expect((await detail(task, node)).ex_data).toContain('3 of 6 hosts failed, and 2 may');
    expect(await outputsOf(task, node)).toMatchObject({ counts: { failed: 3, not_run: 3 } });
  });

  it('tries a host again on which it failed, as often as it is told, and counts it as failed once at most', async () => {
    const { task, node } = await run({
      tags: ['web'],
      script: 'echo x >> retried; n=$(wc -l < retried); printf "run $((n))"; [ $((n)) -ge 3 ] || exit $((n))',
      retries: 2,
      retry_wait: 0,
      max_failed: 0,
      concurrency: 1,
    });
    await untilState(task, 'FINISHED');

    expect(hosts.slice(0, 3).map((host) => lines(host, 'retried'))).toEqual([3, 3, 3]);
    expect(await outputsOf(task, node)).toMatchObject({ counts: { ok: 3 }, failed: 0 });
    for (const { id, ...row } of await runsOf(task)) {
      expect(row).toMatchObject({ status: 'ok', exit_code: 0, host_try: 3, reason: '' });
      expect(String(await readLog(world.gantry.db, id, { from: 0, maxBytes: 1000 }))).toBe(
        'run 1\n--- try 1 of 3: failed, it ended with exit code 1 ---\n' +
          'run 2\n--- try 2 of 3: failed, it ended with exit code 2 ---\nrun 3',
      );
    }
  });

  it('has failed on a host when the last try has', async () => {
    const { task } = await run({ tags: ['web'], script: 'echo x >> often; exit 4', retries: 1, retry_wait: 0 });
    await untilState(task, 'FAILED');

    expect(hosts.slice(0, 3).map((host) => lines(host, 'often'))).toEqual([2, 2, 2]);
    for (const row of await runsOf(task)) expect(row).toMatchObject({ status: 'failed', exit_code: 4, host_try: 2 });
  });

  it('loses and doubles no try when the worker is lost between two', async () => {
    const { task } = await run({
      tags: ['web'],
      script: 'echo x >> between; [ $(($(wc -l < between))) -ge 2 ] || exit 1',
      retries: 3,
      retry_wait: 6,
    });
    await eventually('all have failed once', () => runsOf(task), {
      isWanted: (rows) => rows.length === 3 && rows.every(({ try_at }) => try_at !== null),
      withinMs: 15_000,
    });
    await world.gantry.stopWorker();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    await untilState(task, 'FINISHED');

    expect(hosts.slice(0, 3).map((host) => lines(host, 'between'))).toEqual([2, 2, 2]);
    for (const row of await runsOf(task)) expect(row).toMatchObject({ status: 'ok', host_try: 2, try_at: null });
  });

  it('begins no further try once its task is revoked', async () => {
    const { task } = await run({ tags: ['web'], script: 'echo x >> revoked; exit 1', retries: 3, retry_wait: 3600 });
    await eventually('all have failed once', () => runsOf(task), {
      isWanted: (rows) => rows.length === 3 && rows.every(({ try_at }) => try_at !== null),
      withinMs: 15_000,
    });
    await world.gantry.post(`/apigw/operate_task/${task}/${project()}/?scope=project`, { action: 'revoke' });
    const rows = await eventually('all rows have ended', () => runsOf(task), {
      isWanted: (all) => all.every(({ status }) => status === 'cancelled'),
      withinMs: 60_000,
    });

    for (const { reason } of rows) expect(reason).toContain('exit code 1');
    expect(hosts.slice(0, 3).map((host) => lines(host, 'revoked'))).toEqual([1, 1, 1]);
  });

  it('goes on though some fail, where so many may', async () => {
    const { task, node } = await run({ tags: ['all'], script: 'case $HOME in *host4) exit 3;; esac', max_failed: 1 });
    await untilState(task, 'FINISHED');

    expect(await outputsOf(task, node)).toMatchObject({ counts: { ok: 5, failed: 1 }, failed: 1 });
  });

  it('waits for hosts on which another node works that respects the same, and says so; then it works there', async () => {
    const script =
      'mkdir alone || exit 9; echo x >> alone_ran; while [ ! -e "../go-$1" ]; do sleep 0.1; done; rmdir alone';
    const common = { tags: ['web'], script, respect_host_lock: true };
    const first = await run({ ...common, arguments: ['1'] });
    const some = hosts.slice(0, 3);
    await eventually('the first has begun', () => some.every((host) => lines(host, 'alone_ran') === 1));
    const second = await run({ ...common, arguments: ['2'], max_failed: 3 });
    await eventually('the second waits', () => status(second.task), {
      isWanted: ({ children }) => String(children[second.node]?.waiting_for).includes(`(task ${first.task})`),
      withinMs: 60_000,
    });
    const careless = await run({ tags: ['web'], script: 'true' });
    await untilState(careless.task, 'FINISHED');
    expect((await runsOf(second.task)).map((row) => row.status)).toEqual(['waiting', 'waiting', 'waiting']);

    writeFileSync(join(folder, 'go-1'), '');
    await untilState(first.task, 'FINISHED');
    await eventually('the second has begun', () => some.every((host) => lines(host, 'alone_ran') === 2), {
      withinMs: 90_000,
    });
    writeFileSync(join(folder, 'go-2'), '');
    await untilState(second.task, 'FINISHED');
    expect(await outputsOf(second.task, second.node)).toMatchObject({ counts: { ok: 3 } });
  });

  it('runs on the hosts of a group, by name or id, as far as all else holds', async () => {
    const group = {
      name: 'Late ones',
      condition: { $or: [{ name: 'host4' }, { name: { $regex: '5$' } }, { tags: 'web' }] },
    };
    const { id } = dataOf(await world.v1.post(world.at('/host-groups'), group));
    const named = await run({ host_group: 'Late ones', script: 'echo x >> grouped' });
    await untilState(named.task, 'FINISHED');
    const byId = await run({ host_group: id, tags: ['db'], script: 'echo x >> grouped' });
    await untilState(byId.task, 'FINISHED');

    expect(hosts.map((host) => lines(host, 'grouped'))).toEqual([1, 1, 1, 0, 2, 2]);
  });

  it('runs on the hosts of a pool, by name or id, as far as all else holds', async () => {
    const orion = new OrionClient(world.gantry).with({ 'X-Gantry-Project': String(project()) });
    const cluster = await orion.dataOf('/cluster/create', { name: 'cluster' });
    const image = { docker_image: 'image', cluster_id: cluster };
    const service = (await orion.dataOf('/service/create', { name: 'service', ...image })).id;
    const pool = (await orion.dataOf('/pool/create', { name: 'Some of them', service_id: service })).id;
    const rows = [0, 1, 4].map((at) => ({ host_id: hosts[at]!.id, pool_id: pool }));
    await world.gantry.db.insertInto('pool_hosts').values(rows).execute();
    const named = await run({ pool: 'Some of them', script: 'echo x >> pooled' });
    await untilState(named.task, 'FINISHED');
    const byId = await run({ pool, tags: ['web'], script: 'echo x >> pooled' });
    await untilState(byId.task, 'FINISHED');

    expect(hosts.map((host) => lines(host, 'pooled'))).toEqual([2, 2, 0, 0, 1, 0]);
  });

  it.each([
    ['no hosts', { script: 'true' }, 'no hosts are named'],
    ['hosts that there are not', { hosts: '10.9.9.9', script: 'true' }, '10.9.9.9'],
    ['a host group that there is not', { host_group: 'Nowhere', script: 'true' }, 'no host group Nowhere'],
    ['a pool that there is not', { pool: 'Nowhere', script: 'true' }, 'pool Nowhere does not exist'],
    ['an account that there is not', { tags: ['all'], account: 'nobody', script: 'true' }, 'nobody'],
    ['a parameter where none can be', { tags: ['all'], script: 'eval {{x}}', parameters: { x: 'a' } }, 'line 1:6'],
  ])('refuses %s before anything is begun', async (_name, inputs, message) => {
    const { task, node } = await run(inputs);
    await untilState(task, 'FAILED');

    expect((await detail(task, node)).ex_data).toContain(message);
    expect(await runsOf(task)).toEqual([]);
  });

  it('shows no password: not in rows, not in logs, and hosts get it', async () => {
    const constants = {
      pw: { custom_type: 'password', value: 'geheim-4711', source_type: 'custom', show_type: 'show' },
    };
    const { task } = await run(
      { tags: ['db'], script: 'echo "$GANTRY_P_pw" > got; echo "it is {{pw}}."', parameters: { pw: '${pw}' } },
      constants,
    );
    await untilState(task, 'FINISHED');

    for (const { id } of await runsOf(task)) {
      expect(String(await readLog(world.gantry.db, id, { from: 0, maxBytes: 1000 }))).toBe('it is ******.\n');
    }
    expect(readFileSync(join(hosts[3]!.home, 'got'), 'utf8')).toBe('geheim-4711\n');
    const rows = await world.gantry.db.selectFrom('node_executions').selectAll().where('task_id', '=', task).execute();
    expect(JSON.stringify(rows)).not.toContain('geheim');
  });

  it('runs once on every host though the worker is lost in the middle', async () => {
    const { task } = await run({ tags: ['all'], script: 'echo x >> survived; sleep 3; echo done' });
    await eventually('all have begun', () => hosts.every((host) => lines(host, 'survived') === 1));
    await world.gantry.stopWorker();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    await untilState(task, 'FINISHED');

    expect(hosts.map((host) => lines(host, 'survived'))).toEqual([1, 1, 1, 1, 1, 1]);
    for (const { id, status } of await runsOf(task)) {
      expect(status).toBe('ok');
      expect(String(await readLog(world.gantry.db, id, { from: 0, maxBytes: 1000 }))).toBe('done\n');
    }
  });

  it('is begun no second time on a host that has forgotten it, though it has written nothing yet', async () => {
    const { task } = await run({ tags: ['db'], script: 'echo x >> quiet; sleep 90' });
    await eventually('all are known to have begun', () => runsOf(task), {
      isWanted: (rows) => rows.length === 3 && rows.every(({ status }) => status === 'running'),
      withinMs: 60_000,
    });
    await world.gantry.stopWorker();
    for (const { home } of hosts.slice(3)) rmSync(join(home, '.gantry'), { recursive: true });
    await world.gantry.startWorker({}, '127.0.0.1/32');
    await untilState(task, 'FAILED');

    expect((await runsOf(task)).map(({ status }) => status)).toEqual(['lost', 'lost', 'lost']);
    expect(hosts.slice(3).map((host) => lines(host, 'quiet'))).toEqual([1, 1, 1]);
  });

  it('is ended on its hosts when its task is revoked, with what it had written until then; what waited is not begun', async () => {
    const { task } = await run({
      tags: ['all'],
      script: 'echo began; echo x >> stopped; trap "" TERM; sleep 600',
      concurrency: 4,
    });
    await eventually('four have begun', () => hosts.filter((host) => lines(host, 'stopped') === 1).length === 4);
    await world.gantry.post(`/apigw/operate_task/${task}/${project()}/?scope=project`, { action: 'revoke' });
    await untilState(task, 'REVOKED');

    const runs = await eventually('all rows have ended', () => runsOf(task), {
      isWanted: (rows) => rows.every(({ status }) => status === 'cancelled' || status === 'not_run'),
      withinMs: 120_000,
    });
    expect(runs.map(({ status }) => status).sort()).toEqual([...Array(4).fill('cancelled'), 'not_run', 'not_run']);
    for (const { id, status } of runs) {
      const log = String(await readLog(world.gantry.db, id, { from: 0, maxBytes: 1000 }));
      // A shell may say of itself that what it waited for was killed.
      expect(log.split('\n')[0]).toBe(status === 'cancelled' ? 'began' : '');
    }
    expect(processesWith(`GANTRY_RUN=${world.gantry.installation.name}-${task}-`)).toEqual([]);
    expect(hosts.filter((host) => lines(host, 'stopped') === 1)).toHaveLength(4);
    const isScript = (path: string) => path.includes(`-${task}-`) && /\/(script|log)$/.test(path);
    await eventually(
      'no host keeps a script, or what it has written',
      () => !hosts.some((host) => keptBy(host).some(isScript)),
    );
  });

  it('is ended on its hosts when its node is failed by force, and a retry begins it there once more', async () => {
    const { task, node } = await run({ tags: ['db'], script: 'echo x >> forced; [ -e go ] || sleep 600' });
    const some = hosts.slice(3);
    await eventually('all have begun', () => some.every((host) => lines(host, 'forced') === 1));
    await world.gantry.post(`/apigw/operate_node/${project()}/${task}/?scope=project`, {
      node_id: node,
      action: 'forced_fail',
    });
    await untilState(task, 'FAILED');
    await eventually('all rows have ended', () => runsOf(task), {
      isWanted: (rows) => rows.every(({ status }) => status === 'cancelled'),
      withinMs: 120_000,
    });

    for (const { home } of some) writeFileSync(join(home, 'go'), '');
    await world.gantry.post(`/apigw/operate_node/${project()}/${task}/?scope=project`, {
      node_id: node,
      action: 'retry',
    });
    await untilState(task, 'FINISHED');
    expect(some.map((host) => lines(host, 'forced'))).toEqual([2, 2, 2]);
  });
});
