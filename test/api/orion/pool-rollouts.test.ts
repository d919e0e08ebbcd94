import { sql } from 'kysely';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

/** Expand, shrink and deploy (orion §6). */
describe('what is done with a whole pool', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let made = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
    const parameters = { name: 'start_it', desc: '', params: { tag: 'string' } };
    const action = await orion.dataOf('/action/create', parameters);
    const template = { action: { module: 'shell', args: 'echo {{tag}}' } };
    await orion.dataOf('/actimpl/create', { action_id: action, type: 'ansible', template });
    await orion.dataOf('/remote_step/create', { name: 'start_service_web', desc: '', actions: ['start_it'] });
  });

  beforeEach(() => {
    process.env.GANTRY_VM_PROVIDER = 'spare:spare';
    process.env.GANTRY_SD_PROVIDER = 'http://127.0.0.1:9';
  });

  afterEach(() => {
    delete process.env.GANTRY_VM_PROVIDER;
    delete process.env.GANTRY_SD_PROVIDER;
  });

  afterAll(() => gantry.stop());

  const template = (...steps: string[]): Promise<number> =>
    orion.dataOf('/task_tpl/create', {
      name: `t${++made}`,
      desc: '',
      steps: steps.map((name) => ({ name, param_values: {} })),
    });

  /** A pool with templates, whose hosts have these addresses. */
  async function pool(tasks: Record<string, number>, addresses: string[] = []): Promise<{ id: number; name: string }> {
    made += 1;
    const name = `pool${made}`;
    const cluster_id = await orion.dataOf('/cluster/create', { name: `c${made}` });
    const service = await orion.dataOf('/service/create', {
      name: `s${made}`,
      docker_image: 'registry/web:1',
      cluster_id,
    });
    const given = { name, vm_type: 3, sd_id: 9, service_id: service.id, tasks };
    const { id } = await orion.dataOf('/pool/create', given);
    if (addresses.length > 0) await orion.dataOf(`/pool/${id}/add_nodes`, { nodes: addresses });
    return { id, name };
  }

  async function flowOf(poolId: number) {
    const { db } = gantry;
    const flow = await db.selectFrom('flows').selectAll().where('pool_id', '=', poolId).executeTakeFirstOrThrow();
    const steps = await db
      .selectFrom('flow_steps')
      .select(['name', 'values'])
      .where('flow_id', '=', flow.id)
      .orderBy('number')
      .execute();
    const hosts = await db
      .selectFrom('flow_hosts')
      .select(['address', 'batch'])
      .where('flow_id', '=', flow.id)
      .orderBy('place')
      .execute();
    return { flow, steps: Object.fromEntries(steps.map((step) => [step.name, step.values])), hosts };
  }

  it('is not begun for a step that its pool says nothing for', async () => {
    const expand = await template('create_vm', 'register');
    const shrink = await template('unregister', 'return_vm');
    const { id } = await pool({ expand, shrink }, ['10.7.7.1']);
    await orion.dataOf(`/pool/update/${id}`, { sd_id: 0 });

    for (const [operation, body, step] of [
      ['expand', { num: 1 }, 'register'],
      ['shrink', { nodes: ['10.7.7.1'] }, 'unregister'],
    ] as const) {
      const answer = await orion.post(`/pool/${operation}/${id}`, body);
      expect(answer).toMatchObject({ status: 400, data: {} });
      expect(answer.msg).toContain(`the pool names no service discovery for step ${step}: set its sd_id`);
    }
    expect(await orion.dataOf(`/pool/${id}/list_nodes`)).toHaveLength(1);
  });

  it('gives it new hosts, with the body of the document', async () => {
    const { id, name } = await pool({ expand: await template('create_vm', 'start_service_web', 'register') });

    const answer = await orion.with({ Authorization: 'root' }).post(`/pool/expand/${id}`, '{"num":2}');

    expect(answer).toEqual({ status: 200, code: 0, msg: 'success', data: {} });
    const { flow, steps, hosts } = await flowOf(id);
    expect(flow).toMatchObject({
      name: `expand_${name}`,
      kind: 'expand',
      origin: 'manual',
      batch_size: 2,
      operator: 'root',
    });
    expect(steps).toEqual({
      create_vm: { vm_type_id: 3 },
      start_service_web: { tag: 'registry/web:1' },
      register: { service_discovery_id: 9 },
    });
    expect(hosts).toEqual([
      { address: '', batch: 1 },
      { address: '', batch: 1 },
    ]);
    const nodes = await orion.dataOf(`/pool/${id}/list_nodes`);
    expect(nodes).toMatchObject([
      { ip: '-', status: 0, vm_id: '', node_type: 'manual' },
      { ip: '-', status: 0, vm_id: '', node_type: 'manual' },
    ]);
  });

  it('makes neither hosts nor a flow of what cannot be', async () => {
    const noImplementation = await orion.dataOf('/action/create', { name: 'nothing', desc: '', params: {} });
    expect(noImplementation).toBeGreaterThan(0);
    await orion.dataOf('/remote_step/create', { name: 'hollow', desc: '', actions: ['nothing'] });
    const { id } = await pool({ expand: await template('create_vm', 'hollow') });

    const answer = await orion.post(`/pool/expand/${id}`, { num: 2 });

    expect(answer.code).toBe(400);
    expect(answer.msg).toContain('has no implementation');
    expect(await orion.dataOf(`/pool/${id}/list_nodes`)).toEqual([]);
    expect(await gantry.db.selectFrom('flows').select('id').where('pool_id', '=', id).execute()).toEqual([]);
  });

  it('takes hosts out of it, those that it has, by address or id, with the body of the document', async () => {
    const shrink = await template('unregister', 'return_vm');
    const { id, name } = await pool({ shrink }, ['10.85.41.160', '10.85.41.162']);
    const other = await pool({ shrink }, ['10.85.41.161']);

    const answer = await orion.post(`/pool/shrink/${id}`, '{"nodes":["10.85.41.160","10.85.41.161"]}');

    expect(answer).toEqual({ status: 200, code: 0, msg: 'success', data: {} });
    const { flow, steps, hosts } = await flowOf(id);
    expect(flow).toMatchObject({ name: `shrink_${name}`, kind: 'shrink' });
    expect(steps).toEqual({ unregister: { service_discovery_id: 9 }, return_vm: { vm_type_id: 3 } });
    expect(hosts).toEqual([{ address: '10.85.41.160', batch: 1 }]);

    const [node] = await orion.dataOf(`/pool/${other.id}/list_nodes`);
    expect(await orion.post(`/pool/shrink/${other.id}`, { nodes: [String(node.id)] })).toMatchObject({ code: 0 });
    expect((await flowOf(other.id)).hosts).toEqual([{ address: '10.85.41.161', batch: 1 }]);
  });

  it('deploys to all of its hosts, with the body of the document', async () => {
    const { id, name } = await pool({ deploy: await template('start_service_web') }, [
      '10.85.42.1',
      '10.85.42.2',
      '10.85.42.3',
    ]);

    expect(await orion.post(`/pool/deploy/${id}`, '{"max_num":5,"tag":"myregistry/myweb:1.0"}')).toMatchObject({
      code: 0,
      data: {},
    });
    const { flow, steps, hosts } = await flowOf(id);
    expect(flow).toMatchObject({ name: `deploy_${name}`, kind: 'deploy', batch_size: 3 });
    expect(steps).toEqual({ start_service_web: { tag: 'myregistry/myweb:1.0' } });
    expect(hosts).toHaveLength(3);
  });

  it('deploys one host at a time, and the image of the service, where nothing is said of it', async () => {
    const { id } = await pool({ deploy: await template('start_service_web') }, ['10.85.43.1', '10.85.43.2']);

    expect(await orion.post(`/pool/deploy/${id}`, { max_num: 0 })).toMatchObject({ code: 0 });

    const { steps, hosts } = await flowOf(id);
    expect(steps).toEqual({ start_service_web: { tag: 'registry/web:1' } });
    expect(hosts.map(({ batch }) => batch)).toEqual([1, 2]);
  });

  it.each([[0], [201], [-1], ['300'], [undefined]])('refuses to expand by %s', async (num) => {
    const { id } = await pool({ expand: await template('create_vm') });
    const answer = await orion.post(`/pool/expand/${id}`, { num, other: 1 });
    expect(answer).toMatchObject({ status: 400, code: 400, msg: `Bad num: ${num ?? 0}`, data: {} });
  });

  it.each(['expand', 'shrink', 'deploy'])(
    'says what is wrong with the pool and its template: %s',
    async (operation) => {
      const send = (id: number) =>
        orion.post(`/pool/${operation}/${id}`, { num: 1, nodes: ['10.85.44.1'], max_num: 1, tag: 't' });
      const say = (msg: string) => ({ status: 400, code: 400, msg, data: {} });
      const none = await pool({});
      const others = await pool({ expand: 1, shrink: 1, deploy: 1, [operation]: 0 });
      const gone = await pool({ [operation]: 999_999 });

      expect(await send(999_999)).toMatchObject(say('Pool not found : 999999'));
      expect(await send(none.id)).toMatchObject(say('No task def  found'));
      expect(await send(others.id)).toMatchObject(say(`No task id found for:${operation}`));
      expect(await send(gone.id)).toMatchObject(say('template not found: 999999'));
      expect(await orion.post(`/pool/${operation}/x`, { num: 1 })).toMatchObject({ status: 400 });
      expect(await orion.post(`/pool/${operation}/1`, '{"num":}')).toMatchObject(say('请求参数解析错误'));
    },
  );

  it.each(['expand', 'shrink', 'deploy'])(
    'refuses a template without steps, and an id that is none: %s',
    async (operation) => {
      const send = async (id: number) =>
        (await orion.post(`/pool/${operation}/${id}`, { num: 1, nodes: ['10.85.44.1'], max_num: 1 })).msg;
      const empty = await template();
      const { id } = await pool({ [operation]: empty });

      expect(await send(id)).toBe(`fail to load template steps: template ${empty} has no steps`);
      // No request leaves a pool like that.
      const column = `${operation}_template` as const;
      await gantry.db
        .updateTable('pools')
        .set({ [column]: -1 })
        .where('id', '=', id)
        .execute();
      expect(await send(id)).toBe(`Bad ${operation} task id :-1`);
    },
  );

  it('says that the service of a pool is not there, where a database has lost it', async () => {
    const { id } = await pool({ expand: await template('create_vm') });
    await sql`alter table pools drop constraint pools_service_id_fkey`.execute(gantry.db);
    await gantry.db.updateTable('pools').set({ service_id: 999_999 }).where('id', '=', id).execute();

    expect(await orion.post(`/pool/expand/${id}`, { num: 1 })).toMatchObject({
      ...{ status: 400, code: 400, msg: 'Service not found : 999999', data: {} },
    });
    await gantry.db.deleteFrom('pools').where('id', '=', id).execute();
    await sql`alter table pools add foreign key (service_id) references services (id)`.execute(gantry.db);
  });

  it('says which step a template has to begin or end with', async () => {
    const wrong = await template('echo_step', 'create_vm', 'return_vm', 'echo_step');
    const steps = '["echo_step","create_vm","return_vm","echo_step"]';
    const { id } = await pool({ expand: wrong, shrink: wrong });

    expect((await orion.post(`/pool/expand/${id}`, { num: 1 })).msg).toBe(
      `first step of expand template is not create_vm: ${steps}`,
    );
    expect((await orion.post(`/pool/shrink/${id}`, { nodes: ['10.0.0.1'] })).msg).toBe(
      `last step of shrink template is not return_vm: ${steps}`,
    );
  });

  it('refuses to shrink by hosts that the pool has not, and to deploy to none', async () => {
    const { id } = await pool({ shrink: await template('return_vm'), deploy: await template('start_service_web') });

    for (const nodes of [[], ['10.0.0.9'], ['no address'], undefined]) {
      expect(await orion.post(`/pool/shrink/${id}`, { nodes, other: 1 })).toMatchObject({
        code: 400,
        msg: 'nodes is empty',
      });
    }
    expect(await orion.post(`/pool/deploy/${id}`, { max_num: 1 })).toMatchObject({ code: 400, msg: 'nodes is empty' });
  });

  it('names the setting where nobody makes machines, or registers hosts', async () => {
    const { id } = await pool({ expand: await template('create_vm', 'register') });
    delete process.env.GANTRY_SD_PROVIDER;
    expect((await orion.post(`/pool/expand/${id}`, { num: 1 })).msg).toContain('set GANTRY_SD_PROVIDER');
    delete process.env.GANTRY_VM_PROVIDER;
    const answer = await orion.post(`/pool/expand/${id}`, { num: 1 });
    expect(answer).toMatchObject({ status: 400, code: 400 });
    expect(answer.msg).toContain('set GANTRY_VM_PROVIDER');
  });
});
