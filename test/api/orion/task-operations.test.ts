import { eventually } from '../../support/eventually';
import { addPooled, echoTemplate } from '../../support/flow-rows';
import { local, Rollouts } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

/** What is done with tasks: made, started, paused, ended (orion §1.5). */
describe('operations on tasks of Orion', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let rollouts: Rollouts;
  let template: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
    orion = new OrionClient(gantry);
    rollouts = await Rollouts.in(gantry, 1);
    template = await echoTemplate(gantry, 1);
  });

  afterAll(() => gantry.stop());

  const pooled = (count: number) => addPooled(gantry, rollouts, count);

  const untilState = (id: number, state: number) =>
    eventually(`task ${id} is ${state}`, async () => (await orion.get(`/task/${id}`)).data, {
      isWanted: (task) => task.state === state,
      withinMs: 120_000,
    });

  const bodyFor = (addresses: string[], more: object = {}) => ({
    template_id: template,
    task_name: 'expand_nignix',
    timeout: 600,
    auto: 1,
    max_ratio: 100,
    max_num: 10,
    opr_user: 'root',
    nodes: addresses.map((ip) => ({ ip })),
    params: [{ '': '' }],
    ...more,
  });

  it('are made of nodes, one for each pool, and run', async () => {
    const [one, other] = [await pooled(2), await pooled(1)];

    const { code, data } = await orion.post('/task/create', bodyFor([...other.addresses, ...one.addresses]));

    expect({ code, count: data.ids.length }).toEqual({ code: 0, count: 2 });
    const [first, second] = await Promise.all(data.ids.map((id: number) => untilState(id, 2)));
    expect(first).toMatchObject({ stat: [0, 0, 2, 0, 0], step_len: 2, task_name: 'expand_nignix' });
    expect(second).toMatchObject({ stat: [0, 0, 1, 0, 0], step_len: 1 });
    const nodes = (await orion.get(`/task/${data.ids[0]}/detail`)).data;
    expect(nodes.map(({ ip, state }: { ip: string; state: number }) => [ip, state])).toEqual(
      one.addresses.map((ip) => [ip, 2]),
    );
    expect((await orion.get(`/task/${data.ids[0]}/log`)).data.length).toBeGreaterThan(2);
    expect((await orion.get(`/task/node/${nodes[0].id}/log`)).data).toEqual([{ echo_step: 'hello\n' }]);
    expect(await orion.get(`/task/stop/${data.ids[0]}`)).toMatchObject({
      status: 400,
      msg: `stop flow ${data.ids[0]} fails: Flow expand_nignix already finished`,
    });
    expect(await orion.get(`/task/pause/${data.ids[0]}`)).toMatchObject({
      status: 400,
      msg: `pause flow ${data.ids[0]} fails: Flow expand_nignix is not running`,
    });
    expect(await orion.get(`/task/start/${data.ids[0]}`)).toMatchObject({
      status: 400,
      msg: `start task ${data.ids[0]} fails： Flow expand_nignix already finished: nothing is left to do`,
    });
  });

  it('have the name of whoever asks, else the one in the body', async () => {
    const { addresses } = await pooled(1);
    const made = async (client: OrionClient) => (await client.dataOf('/task/create', bodyFor(addresses))).ids[0];
    const operatorOf = async (id: number) => (await orion.get(`/task/${id}`)).data.opr_user;

    expect(await operatorOf(await made(orion.with({ Authorization: 'ann' })))).toBe('ann');
    expect(await operatorOf(await made(orion))).toBe('admin');
  });

  it('wait at a gate after each batch without auto, and go on when they are started', async () => {
    const { addresses } = await pooled(2);
    const { ids } = await orion.dataOf(
      '/task/create',
      bodyFor(addresses, { auto: 0, max_num: 1, params: { name: 'x' } }),
    );

    const waiting = await untilState(ids[0], 4);
    expect(waiting).toMatchObject({
      stat: [1, 0, 1, 0, 0],
      waiting_for: expect.stringContaining('the next one begin'),
    });
    expect(await orion.post('/task/start', { id: ids[0] })).toMatchObject({ code: 0, data: null });
    expect(await untilState(ids[0], 2)).toMatchObject({ stat: [0, 0, 2, 0, 0], canceled: false });
  });

  it('are ended while they wait, and started again; the web client has an object for an answer', async () => {
    const { addresses } = await pooled(2);
    const web = orion.with({ 'X-HTTP-Method-Override': 'GET' });
    const { ids } = await orion.dataOf('/task/create', bodyFor(addresses, { auto: 0, max_num: 1 }));
    await untilState(ids[0], 4);

    expect(await web.get(`/task/stop/${ids[0]}`)).toMatchObject({ code: 0, data: {} });
    const ended = await eventually('it has ended', async () => (await orion.get(`/task/${ids[0]}`)).data, {
      isWanted: (task) => task.canceled,
      withinMs: 120_000,
    });
    expect(ended).toMatchObject({ state: 2 });
    await rollouts.untilEnded(ids[0]);
    expect(await web.get(`/task/start/${ids[0]}`)).toMatchObject({ code: 0 });
    expect(await untilState(ids[0], 2)).toMatchObject({ stat: [0, 0, 2, 0, 0], canceled: false });
  });

  it('take nodes by names in any case, and are not started again for nodes that their pool has not any more', async () => {
    const { poolId, addresses } = await pooled(2);
    const nodes = addresses.map((IP) => ({ IP }));
    const { ids } = await orion.dataOf('/task/create', bodyFor(addresses, { auto: 0, max_num: 1, nodes }));
    const [id] = ids;
    const made = (await orion.get(`/task/${id}`)).data.created;
    const waiting = await untilState(id, 4);
    expect(waiting.updated >= made).toBe(true);
    await orion.dataOf(`/task/stop/${id}`);
    await eventually('it has ended', async () => (await orion.get(`/task/${id}`)).data.canceled, {
      isWanted: Boolean,
      withinMs: 120_000,
    });

    await orion.dataOf(`/pool/${poolId}/remove_nodes`, { nodes: addresses });
    const refused = await orion.get(`/task/start/${id}`);
    expect(refused).toMatchObject({ status: 400, code: 400 });
    expect(refused.msg).toContain(`the nodes that are left are not in its pool any more: ${addresses[1]} (`);
    expect(refused.msg).not.toContain(addresses[0]);
  });

  it('have single nodes ended, skipped and tried again', async () => {
    const { ids: hosts } = await pooled(2);
    const flow = await rollouts.make([local('echo_step', { name: 'a' })], hosts, {
      batches: { maxNum: 1 },
      isAuto: false,
    });
    const [one, other] = (await rollouts.hosts(flow)).map(({ id }) => id);

    expect(await orion.get(`/task/stop_sub/${one}`)).toMatchObject({ code: 0, data: null });
    expect((await orion.get(`/task/${flow}/detail`)).data[0]).toMatchObject({ state: 4, reason: 'ended by admin' });
    expect(await orion.get(`/task/node/${one}/stop`)).toMatchObject({
      status: 400,
      msg: `stop node ${one} fails: node ${one} already finished`,
    });
    expect(await orion.get(`/task/node/${other}/retry`)).toMatchObject({
      status: 400,
      msg: `retry node ${other} fails: node ${other} has not failed`,
    });
    expect(await orion.get(`/task/node/${other}/skip`)).toMatchObject({ code: 0 });
    expect((await orion.get(`/task/${flow}/detail`)).data[1]).toMatchObject({ state: 2 });
    expect(await orion.get(`/task/node/${other}/skip`)).toMatchObject({
      status: 400,
      msg: `skip node ${other} fails: node ${other} already finished`,
    });
    expect(await orion.post(`/task/node/${one}/retry`)).toMatchObject({ code: 0 });
    expect(await untilState(flow, 2)).toMatchObject({ stat: [0, 0, 2, 0, 0] });
  });

  describe('that cannot be made', () => {
    const count = async () => (await orion.get('/task/list')).query_count;

    /** The document's own example. */
    const DOCUMENT =
      ' {\n"template_id":1,\n"task_name":"expand_nignix",\n"timeout":10,\n"auto":1,\n"max_ratio":20,\n"max_num":10,\n"opr_user":"root",\n"nodes":[{"":object}],\n"params":[{"":""}]\n}';

    it.each([
      ['no JSON', () => DOCUMENT, 'the body is not JSON'],
      ['nothing', () => '', 'the body is empty: send a JSON object'],
      ['a ratio of 0', () => bodyFor(['10.1.1.1'], { max_ratio: 0 }), 'ratio error'],
      ['a ratio above 100', () => bodyFor(['10.1.1.1'], { max_ratio: 101 }), 'ratio error'],
      ['unknown nodes', () => bodyFor(['10.1.1.1', '10.1.1.2']), 'node :[10.1.1.1,10.1.1.2,] not found...'],
      ['no nodes', () => bodyFor([]), 'run task fails: nodes is empty'],
      ['nodes without addresses', () => bodyFor([], { nodes: [{}, { ip: '' }] }), 'run task fails: nodes is empty'],
    ])('is refused: %s', async (_what, body, msg) => {
      const before = await count();

      expect(await orion.post('/task/create', body())).toMatchObject({ status: 400, code: 400, msg, data: {} });
      expect(await count()).toBe(before);
    });

    it('is refused: a template that there is not, values that nothing takes, and no name', async () => {
      const { addresses } = await pooled(1);
      const before = await count();
      const refusal = async (more: object) => (await orion.post('/task/create', bodyFor(addresses, more))).msg;

      expect(await refusal({ template_id: 99999 })).toBe('run task fails: Template not found 99999');
      expect(await refusal({ params: { other: 'x' } })).toMatch(/^run task fails: Bad step options: .*other/);
      expect(await refusal({ task_name: ' ' })).toContain('task_name');
      expect(await refusal({ template_id: 'x' })).toContain('template_id');
      expect(await count()).toBe(before);
    });
  });
});
