import { changeProject } from '../../../access/projects';
import { findProject } from '../../../db/access';
import { listToLookAt } from '../../../db/pool-schedules';
import { dueItems } from '../../../schedules/pools/calendar';
import { tickPools } from '../../../schedules/pools/tick';
import { CALLER } from '../../support/client';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAILY = { id: 1, week_day: 0, time: '08:00', is_ignored: false };

/** What is done with pools by the clock (orion §8), at whatever time it is said to be. */
describe('what pools are due for', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let service: number;
  let tasks: Record<string, number>;
  let made = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
    const action = await orion.dataOf('/action/create', { name: 'start_it', desc: '', params: { tag: 'string' } });
    const script = { action: { module: 'shell', args: 'echo {{tag}}' } };
    await orion.dataOf('/actimpl/create', { action_id: action, type: 'ansible', template: script });
    await orion.dataOf('/remote_step/create', { name: 'start_service_web', desc: '', actions: ['start_it'] });
    const cluster_id = await orion.dataOf('/cluster/create', { name: 'c' });
    ({ id: service } = await orion.dataOf('/service/create', {
      name: 's',
      docker_image: 'registry/web:1',
      cluster_id,
    }));
    tasks = {
      expand: await template('create_vm', 'register'),
      shrink: await template('unregister', 'return_vm'),
      deploy: await template('start_service_web'),
    };
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

  async function pool(of: Record<string, number> = tasks): Promise<{ id: number; name: string }> {
    const name = `pool${++made}`;
    const { id } = await orion.dataOf('/pool/create', { name, vm_type: 3, sd_id: 9, service_id: service, tasks: of });
    return { id, name };
  }

  const save = (pool_id: number, item: object, more: object = {}) =>
    orion.dataOf('/task/saveTask', {
      ...{ id: 0, pool_id, type: 'expand', exec_type: 'crontab' },
      cron_items: [{ week_day: 0, time: '08:00', ...item }],
      ...more,
    });

  async function flowsOf(poolId: number) {
    const flows = await gantry.db.selectFrom('flows').selectAll().where('pool_id', '=', poolId).orderBy('id').execute();
    const hosts = await gantry.db
      .selectFrom('flow_hosts')
      .select(['flow_id', 'host_id'])
      .where('flow_id', 'in', flows.map(({ id }) => id).concat(0))
      .execute();
    return flows.map((flow) => ({ ...flow, hosts: hosts.filter(({ flow_id }) => flow_id === flow.id).length }));
  }

  /** The next time at which it is 08:00 in the project. */
  async function nextDue(): Promise<number> {
    const { time_zone } = (await findProject(gantry.db, 1))!;
    const now = Date.now();
    return dueItems([DAILY], time_zone || 'UTC', now, now + 2 * DAY_MS)[0]!.at;
  }

  it('is done at once for what it was due for last, and once, whoever looks', async () => {
    const { id, name } = await pool();
    await save(id, { instance_num: 2 });

    await Promise.all([tickPools(gantry.services), tickPools(gantry.services), tickPools(gantry.services)]);
    await tickPools(gantry.services);

    const flows = await flowsOf(id);
    expect(flows).toMatchObject([
      {
        name: `${name}_expand`,
        kind: 'expand',
        origin: 'crontab',
        operator: 'crontab',
        app_code: CALLER.bk_app_code,
        batch_size: 2,
        hosts: 2,
      },
    ]);
    const nodes = await orion.dataOf(`/pool/${id}/list_nodes`);
    expect(nodes.map((node: { node_type: string }) => node.node_type)).toEqual(['crontab', 'crontab']);
  });

  it('has as many hosts come or go as are missing or too many, and counts those that go only once', async () => {
    const { id, name } = await pool();
    await save(id, { instance_num: 5 });
    await tickPools(gantry.services);
    await save(id, { instance_num: 3 });
    await tickPools(gantry.services);
    await tickPools(gantry.services, (await nextDue()) + MINUTE_MS);

    expect(await flowsOf(id)).toMatchObject([
      { name: `${name}_expand`, kind: 'expand', hosts: 5 },
      { name: `${name}_shrink`, kind: 'shrink', hosts: 2, origin: 'crontab', operator: 'crontab' },
    ]);
  });

  it('leaves the hosts alone that people have asked for', async () => {
    const { id } = await pool();
    await orion.dataOf(`/pool/${id}/add_nodes`, { nodes: ['10.9.9.1', '10.9.9.2'] });
    await save(id, { instance_num: 0 });
    await tickPools(gantry.services);

    expect(await flowsOf(id)).toEqual([]);
  });

  it('does not deploy for a time that had passed when it was saved', async () => {
    const { id, name } = await pool();
    const addresses = ['10.9.8.1', '10.9.8.2', '10.9.8.3', '10.9.8.4', '10.9.8.5'];
    await orion.dataOf(`/pool/${id}/add_nodes`, { nodes: addresses });
    await save(id, { concurr_ratio: 50, concurr_num: 4 }, { type: 'upload' });
    const due = await nextDue();

    await tickPools(gantry.services, due - MINUTE_MS);
    expect(await flowsOf(id)).toEqual([]);
    await tickPools(gantry.services, due);
    await tickPools(gantry.services, due + MINUTE_MS);
    // That one is an hour too late.
    await tickPools(gantry.services, due + DAY_MS + 120 * MINUTE_MS);

    const flows = await flowsOf(id);
    expect(flows).toMatchObject([
      { name: `${name}_upload`, kind: 'deploy', origin: 'crontab', batch_size: 2, hosts: 5 },
    ]);
    const step = await gantry.db
      .selectFrom('flow_steps')
      .select('values')
      .where('flow_id', '=', flows[0]!.id)
      .executeTakeFirstOrThrow();
    expect(step.values).toEqual({ tag: 'registry/web:1' });
  });

  it('has the pools that it needs grow and shrink in the same task', async () => {
    const [own, needed, further] = [await pool(), await pool(), await pool()];
    const on = ({ id }: { id: number }, ratio: number, elastic_count = 0) => ({
      depend_items: [{ pool_id: id, ratio, elastic_count }],
    });
    await save(needed.id, {}, { ...on(further, 2), cron_items: [], exec_type: 'depend' });
    await save(own.id, { instance_num: 3 }, on(needed, 0.5, 1));
    await tickPools(gantry.services);
    await save(own.id, { instance_num: 1 }, on(needed, 0.5, 1));
    await tickPools(gantry.services);

    const flows = await Promise.all([own, needed, further].map(({ id }) => flowsOf(id)));
    expect(flows.map((of) => of.map(({ kind, origin, hosts }) => `${kind} ${hosts} ${origin}`))).toEqual([
      ['expand 3 crontab', 'shrink 2 crontab'],
      ['expand 3 depend', 'shrink 1 depend'],
      ['expand 6 depend', 'shrink 2 depend'],
    ]);
    const [[expand, shrink]] = flows as [(typeof flows)[0]];
    expect(flows.slice(1).map((of) => of.map(({ part_of }) => part_of))).toEqual([
      [expand!.id, shrink!.id],
      [expand!.id, shrink!.id],
    ]);
    expect(expand!.task_id).not.toBeNull();
    expect(new Set(flows.map(([first]) => first!.task_id)).size).toBe(1);
  });

  it('is refused once, with a record, where the pool has no template for it', async () => {
    const { id } = await pool({ expand: 0, shrink: 0, deploy: 0 });
    await save(id, { instance_num: 1 });
    await tickPools(gantry.services);
    await tickPools(gantry.services);

    const records = await gantry.db
      .selectFrom('audit_records')
      .select(['object', 'detail'])
      .where('action', '=', 'refuse')
      .execute();
    expect(await flowsOf(id)).toEqual([]);
    expect(records).toMatchObject([{ detail: { reason: 'No task def  found' } }]);
    expect(await orion.dataOf(`/pool/${id}/list_nodes`)).toEqual([]);
  });

  it('is looked at when its time comes, or when clocks are others, and not before', async () => {
    const { id } = await pool();
    await save(id, { instance_num: 0 });
    await tickPools(gantry.services);
    const due = await nextDue();
    const schedule = await gantry.db
      .selectFrom('pool_schedules')
      .selectAll()
      .where('pool_id', '=', id)
      .executeTakeFirst();

    expect(await listToLookAt(gantry.db, new Date())).toEqual([]);
    expect(await listToLookAt(gantry.db, new Date(due - 1))).not.toContain(schedule!.id);
    expect(await listToLookAt(gantry.db, new Date(due))).toContain(schedule!.id);

    const actor = { username: 'admin', appCode: '', source: 'test' };
    const { time_zone } = (await findProject(gantry.db, 1))!;
    await changeProject(gantry.db, 1, { timeZone: 'America/New_York' }, actor);
    expect(await listToLookAt(gantry.db, new Date())).toContain(schedule!.id);
    await changeProject(gantry.db, 1, { timeZone: time_zone }, actor);
    await tickPools(gantry.services);
    expect(await listToLookAt(gantry.db, new Date())).toEqual([]);
  });

  it('gives more hosts than one batch has in batches, and refuses what is more than one rollout may have', async () => {
    const [own, needed] = [await pool(), await pool()];
    const on = (ratio: number) => ({ depend_items: [{ pool_id: needed.id, ratio, step_name: 'create_vm' }] });
    await save(own.id, { instance_num: 250 }, on(1.1));
    await tickPools(gantry.services);

    const [[flow], [part]] = await Promise.all([flowsOf(own.id), flowsOf(needed.id)]);
    expect([flow, part]).toMatchObject([
      { hosts: 250, batch_size: 200 },
      { hosts: 275, batch_size: 200 },
    ]);
    expect(await gantry.db.selectFrom('flow_needs').selectAll().where('flow_id', '=', flow!.id).execute()).toEqual([
      { flow_id: flow!.id, needed_id: part!.id, ratio: 1.1, step_name: 'create_vm', own: 0, there: 0 },
    ]);

    await save(own.id, { instance_num: 300 }, on(40));
    await tickPools(gantry.services);
    const refused = gantry.db.selectFrom('audit_records').select('detail').where('action', '=', 'refuse');
    const { detail } = await refused.orderBy('id', 'desc').executeTakeFirstOrThrow();
    expect(detail).toEqual({ reason: `pool ${needed.name} would get 11725 hosts, and 10000 are the most at once` });
    expect(await flowsOf(own.id)).toHaveLength(1);
  });

  it('is nothing for items that are ignored, and for schedules that only depend', async () => {
    const [one, other] = [await pool(), await pool()];
    await save(one.id, { instance_num: 1, ignore: 1 });
    await save(other.id, { instance_num: 1 }, { exec_type: 'depend' });
    await tickPools(gantry.services);

    expect([...(await flowsOf(one.id)), ...(await flowsOf(other.id))]).toEqual([]);
  });
});
