import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWith, TestServer } from '../../hosts/ssh/server';
import { eventually } from '../../support/eventually';
import { keepHistory } from '../../support/histories';
import { sketch } from '../../support/trees';
import { dataOf } from '../../support/v1';
import { SshWorld } from './support';

const COUNT = 10;

describe('a retry of a node on hosts', () => {
  let world: SshWorld;
  const folder = mkdtempSync(join(tmpdir(), 'gantry-retry-'));
  const hosts: { id: number; home: string }[] = [];
  const servers: TestServer[] = [];

  beforeAll(async () => {
    world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    for (let n = 0; n < COUNT; n++) {
      const home = join(folder, `host${n}`);
      mkdirSync(home);
      const server = await TestServer.listen({ onCommand: shellWith({ PATH: process.env.PATH, HOME: home }) });
      servers.push(server);
      hosts.push({ home, id: await world.host({ server, host: { name: `host${n}`, tags: ['all'] } }) });
    }
  });

  afterAll(async () => {
    await world.close();
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const project = () => world.project.projectId;
  const untilState = (task: number, state: string) =>
    eventually(
      `task ${task} is ${state}`,
      async () => (await world.gantry.get(`/apigw/get_task_status/${task}/${project()}/?scope=project`)).data,
      { isWanted: (root) => root.state === state, withinMs: 60_000 },
    );

  /** Runs a task of one node; its id and that of the node. */
  async function run(inputs: object) {
    const pipeline_tree = sketch({
      chains: ['S a E'],
      activities: { a: { code: 'run_script', version: '1.0', inputs: { tags: ['all'], ...inputs } as never } },
    });
    const path = `/apigw/fast_create_task/${project()}/?scope=project`;
    const { data } = await world.gantry.post(path, { name: 'test', pipeline_tree });
    const task: number = data.task_id;
    expect((await world.gantry.post(`/apigw/start_task/${task}/${project()}/?scope=project`)).message).toBe('success');
    return { task, node: Object.keys(data.pipeline_tree.activities)[0]! };
  }

  async function detail(task: number, node: string) {
    const query = `scope=project&node_id=${node}&component_code=run_script`;
    return (await world.gantry.get(`/apigw/get_task_node_detail/${task}/${project()}/?${query}`)).data;
  }

  async function outputsOf(task: number, node: string) {
    const { outputs } = await detail(task, node);
    return Object.fromEntries(outputs.map(({ key, value }: { key: string; value: unknown }) => [key, value]));
  }

  const retry = (task: number, node: string, more: object = {}) =>
    world.v1.post(world.at(`/tasks/${task}/nodes/${node}/retry`), more);

  const goOn = (task: number, body: object = {}, key?: string) =>
    world.v1.with(key === undefined ? {} : { 'Idempotency-Key': key }).post(world.at(`/tasks/${task}/again`), body);

  const countTasks = () =>
    world.gantry.db
      .selectFrom('tasks')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .execute();

  const operate = (task: number, node: string, more: object) =>
    world.gantry.post(`/apigw/operate_node/${project()}/${task}/?scope=project`, {
      node_id: node,
      action: 'retry',
      ...more,
    });

  /** The rows of one attempt, in the order of the hosts. */
  const rowsOf = (task: number, attempt: number) =>
    world.gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_steps', 'host_steps.id', 'host_runs.step_id')
      .selectAll('host_runs')
      .where('host_steps.task_id', '=', task)
      .where('host_steps.retry', '=', attempt - 1)
      .orderBy('place')
      .execute();

  const lines = (name: string) =>
    hosts.map(({ home }) => {
      try {
        return readFileSync(join(home, name), 'utf8').split('\n').length - 1;
      } catch {
        return 0;
      }
    });
  const put = (name: string, some = hosts) => some.map(({ home }) => writeFileSync(join(home, name), ''));
  const sum = (numbers: number[]) => numbers.reduce((all, number) => all + number, 0);

  it('runs what is unfinished after a budget of 2 of 10 was used up, and its outputs are of all ten', async () => {
    const script =
      'echo x >> tried; case $HOME in *host[147]) [ -e good ] || exit 7;; esac; echo "<SOPS_VAR>at:1</SOPS_VAR>"';
    const { task, node } = await run({ script, concurrency: 1, max_failed: 2 });
    await untilState(task, 'FAILED');

    expect(await outputsOf(task, node)).toMatchObject({
      total: 10,
      counts: { ok: 5, failed: 3, not_run: 2 },
      failed: 3,
    });
    expect(lines('tried')).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);

    put('good');
    expect(await retry(task, node)).toMatchObject({ status: 200, data: { task_id: task, node_id: node } });
    await untilState(task, 'FINISHED');

    expect(lines('tried')).toEqual([1, 2, 1, 1, 2, 1, 1, 2, 1, 1]);
    expect(await outputsOf(task, node)).toMatchObject({
      total: 10,
      counts: { ok: 5, skipped: 5 },
      failed: 0,
      values: { at: '1' },
    });
    const rows = await rowsOf(task, 2);
    expect(rows.filter(({ from_run }) => from_run !== null).map(({ place }) => place)).toEqual([1, 3, 4, 6, 7]);
  });

  it('runs the hosts that it names, and the others go on counting as what they are', async () => {
    const script = 'echo x >> named; case $HOME in *host[123]) [ -e fixed ] || exit 5;; esac';
    const { task, node } = await run({ script });
    await untilState(task, 'FAILED');
    put('fixed');

    expect((await operate(task, node, { hosts: [hosts[0]!.id, hosts[2]!.id] })).message).toBe('success');
    await eventually('the second attempt has ended', () => rowsOf(task, 2), {
      isWanted: (rows) => rows.length === COUNT && rows.every(({ status }) => !/waiting|ing$/.test(status)),
    });
    await untilState(task, 'FAILED');
    expect(lines('named')).toEqual([2, 1, 2, 1, 1, 1, 1, 1, 1, 1]);
    expect((await rowsOf(task, 2)).map(({ status, exit_code }) => [status, exit_code]).slice(0, 5)).toEqual([
      ['ok', 0],
      ['failed', 5],
      ['ok', 0],
      ['failed', 5],
      ['skipped', null],
    ]);
    expect(await outputsOf(task, node)).toMatchObject({ counts: { ok: 2, failed: 2, skipped: 6 }, failed: 2 });

    expect((await operate(task, node, { hosts: 'all' })).message).toBe('success');
    await untilState(task, 'FINISHED');
    expect(lines('named')).toEqual([3, 2, 3, 2, 2, 2, 2, 2, 2, 2]);
    expect(await outputsOf(task, node)).toMatchObject({ counts: { ok: 10 }, failed: 0 });
    keepHistory('retry_of_named_hosts', await world.gantry.history(task));
  });

  it('refuses hosts that are not of the node, and runs nothing', async () => {
    const { task, node } = await run({ script: 'echo x >> stranger; false' });
    await untilState(task, 'FAILED');

    expect(await retry(task, node, { hosts: [2_000_000_000] })).toMatchObject({ status: 200 });
    await eventually('it says so', () => detail(task, node), {
      isWanted: ({ ex_data }) => String(ex_data).includes('not among the hosts of the node: 2000000000'),
    });
    expect(sum(lines('stranger'))).toBe(COUNT);
  });

  it('leaves lost hosts lost until somebody names them', async () => {
    const second = await run({ script: 'echo x >> lost2; exit 1' });
    await untilState(second.task, 'FAILED');
    // What the reaper writes once nobody knows how it has ended.
    const [first] = await rowsOf(second.task, 1);
    await world.gantry.db
      .updateTable('host_runs')
      .set({ status: 'lost', reason: 'the host was started anew', exit_code: null })
      .where('id', '=', first!.id)
      .execute();

    await retry(second.task, second.node);
    await eventually('nine are run again', () => sum(lines('lost2')), { isWanted: (count) => count === 19 });
    await untilState(second.task, 'FAILED');
    const { ex_data } = await eventually('it has ended', () => detail(second.task, second.node), {
      isWanted: ({ ex_data }) => String(ex_data).includes('are lost'),
    });
    expect(ex_data).toContain('1 are lost, and a retry leaves them alone unless it names them');
    expect(ex_data).toContain(`retry with hosts [${hosts[0]!.id}] or "all"`);
    expect(lines('lost2')).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);

    await retry(second.task, second.node, { hosts: [hosts[0]!.id] });
    await eventually('the lost one is run', () => lines('lost2')[0], { isWanted: (count) => count === 2 });
    expect(sum(lines('lost2'))).toBe(20);
  });

  it('asks which hosts when the script is another one, and then runs those', async () => {
    const { task, node } = await run({ script: 'echo x >> old; case $HOME in *host3) exit 1;; esac' });
    await untilState(task, 'FAILED');
    const inputs = { script: 'echo x >> new' };

    const refused = await retry(task, node, { inputs });
    expect(refused).toMatchObject({
      status: 400,
      error: { kind: 'invalid', reason: { code: 'required', args: { field: 'hosts' } } },
    });
    expect(refused.error!.message).toContain('"unfinished"');
    const answer = await operate(task, node, { inputs, inputs_mode: 'merge' });
    expect(answer.result).toBe(false);
    expect(answer.message).toContain('say which hosts this retry is for');
    expect([sum(lines('old')), sum(lines('new'))]).toEqual([COUNT, 0]);

    expect(await retry(task, node, { inputs, hosts: 'unfinished' })).toMatchObject({ status: 200 });
    await untilState(task, 'FINISHED');
    expect(lines('new')).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(await outputsOf(task, node)).toMatchObject({ total: 10, counts: { ok: 1, skipped: 9 }, failed: 0 });
  });

  it('fails asking which hosts where only rendering shows that the script is another one', async () => {
    const { task, node } = await run({ script: 'echo x >> before; exit 1' });
    await untilState(task, 'FAILED');

    expect(await retry(task, node, { inputs: { script: 'echo ${_system.task_id} >> rendered' } })).toMatchObject({
      status: 200,
    });
    await eventually('it asks', () => detail(task, node), {
      isWanted: ({ ex_data }) => String(ex_data).includes('say which hosts this retry is for'),
    });
    expect(sum(lines('rendered'))).toBe(0);

    await retry(task, node, { inputs: { script: 'echo ${_system.task_id} >> rendered' }, hosts: 'all' });
    await untilState(task, 'FINISHED');
    expect(lines('rendered')).toEqual(Array(COUNT).fill(1));
  });

  it('is refused before anything is sent where it names what is no choice of hosts', async () => {
    const { task, node } = await run({ script: 'exit 1' });
    await untilState(task, 'FAILED');
    const many = Array.from({ length: 10_001 }, (_, n) => n + 1);

    for (const hosts of ['some', [], [0], ['a'], many]) {
      expect(await retry(task, node, { hosts })).toMatchObject({ status: 400, error: { kind: 'invalid' } });
      expect((await operate(task, node, { hosts })).result).toBe(false);
    }
    expect(await retry(task, 'nobody')).toMatchObject({ status: 404 });
    expect(dataOf(await world.v1.get(world.at(`/tasks/${task}/host-steps`))).items).toHaveLength(1);
  });

  it('goes on in a new task where one was stopped: what was done there is not done again', async () => {
    const script = 'echo x >> again; case $HOME in *host[26]) [ -e mended ] || exit 4;; esac';
    const { task, node } = await run({ script });
    await untilState(task, 'FAILED');
    expect(await goOn(task)).toMatchObject({ status: 409 });
    await world.gantry.post(`/apigw/operate_task/${task}/${project()}/?scope=project`, { action: 'revoke' });
    await untilState(task, 'REVOKED');
    put('mended');

    const made = dataOf(await goOn(task, {}, 'once')).task_id as number;
    expect(dataOf(await goOn(task, {}, 'once')).task_id).toBe(made);
    await untilState(made, 'FINISHED');

    expect(lines('again')).toEqual([1, 1, 2, 1, 1, 1, 2, 1, 1, 1]);
    expect(await outputsOf(made, node)).toMatchObject({ total: 10, counts: { ok: 2, skipped: 8 }, failed: 0 });

    const whole = dataOf(await goOn(made, { from: node, hosts: [hosts[5]!.id] })).task_id as number;
    await untilState(whole, 'FINISHED');
    expect(lines('again')).toEqual([1, 1, 2, 1, 1, 2, 2, 1, 1, 1]);
    expect(await outputsOf(whole, node)).toMatchObject({ counts: { ok: 1, skipped: 9 }, failed: 0 });
    keepHistory('again_from_a_node', await world.gantry.history(whole));
  });

  it('goes on behind what has finished, with its outputs, and says why it cannot', async () => {
    const step = (inputs: object) => ({
      code: 'run_script',
      version: '1.0',
      inputs: { tags: ['all'], ...inputs } as never,
    });
    const pipeline_tree = sketch({
      chains: ['S a b E'],
      activities: {
        a: step({ script: 'echo x >> first; echo "<SOPS_VAR>v:told</SOPS_VAR>"' }),
        b: step({ script: 'echo "$GANTRY_P_p" >> second; [ -e ready ]', parameters: { p: '${values["v"]}' } }),
      },
      constants: { values: { source_type: 'component_outputs', source_info: { a: ['values'] } } },
    });
    const path = `/apigw/fast_create_task/${project()}/?scope=project`;
    const { data } = await world.gantry.post(path, { name: 'two steps', pipeline_tree });
    await world.gantry.post(`/apigw/start_task/${data.task_id}/${project()}/?scope=project`);
    await untilState(data.task_id, 'FAILED');
    await world.gantry.post(`/apigw/operate_task/${data.task_id}/${project()}/?scope=project`, { action: 'revoke' });
    await untilState(data.task_id, 'REVOKED');
    put('ready');
    const nodes = Object.values(data.pipeline_tree.activities) as { id: string; name: string }[];
    const a = nodes.find(({ name }) => name === 'a')!.id;
    const count = async () => Number((await countTasks())[0]!.count);
    const before = await count();

    expect(await goOn(data.task_id, { from: 'nobody' })).toMatchObject({ status: 404 });
    expect(await goOn(data.task_id, { hosts: 'some' })).toMatchObject({ status: 400 });
    expect(await count()).toBe(before);
    const made = dataOf(await goOn(data.task_id)).task_id as number;
    await untilState(made, 'FINISHED');

    expect(lines('first')).toEqual(Array(COUNT).fill(1));
    expect(lines('second')).toEqual(Array(COUNT).fill(2));
    expect(readFileSync(join(hosts[0]!.home, 'second'), 'utf8')).toBe('told\ntold\n');
    expect(await outputsOf(made, a)).toMatchObject({ total: 10, counts: { ok: 10 }, _again_of: data.task_id });
    expect(await goOn(made)).toMatchObject({ status: 400, error: { details: [{ field: 'from' }] } });
    keepHistory('again_behind_what_has_finished', await world.gantry.history(made));
  });
});
