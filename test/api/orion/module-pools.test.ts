import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';
import { addSet, dataOf, idleOf, putHost } from '../../support/topology';
import { sketch } from '../../support/trees';

/** The demo project's business. */
const BUSINESS = 1;

/** Pools that name a module have its hosts, on whichever side they are moved (orion §1.3). */
describe('pools of modules', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let cmdb: CmdbClient;
  let service: number;
  let modules: Record<string, number>;
  let idle: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
    cmdb = new CmdbClient(gantry);
    ({ modules } = await addSet(cmdb, BUSINESS, 'set', 'web', 'db', 'other', 'late', 'mixed'));
    ({ idle } = await idleOf(cmdb, BUSINESS));
    const cluster = await orion.dataOf('/cluster/create', { name: 'cluster' });
    service = (await orion.dataOf('/service/create', { name: 's', docker_image: 'i', cluster_id: cluster })).id;
  });

  afterAll(() => gantry.stop());

  async function makePool(name: string, module?: string): Promise<number> {
    const module_id = module === undefined ? 0 : modules[module];
    return (await orion.dataOf('/pool/create', { name, service_id: service, module_id })).id;
  }

  async function hostsOf(pool: number): Promise<string[]> {
    const { data } = await orion.get(`/pool/${pool}/list_nodes?page_size=100`);
    return data.map(({ ip }: { ip: string }) => ip);
  }

  async function modulesOf(host: number): Promise<number[]> {
    const rows = await gantry.db.selectFrom('module_hosts').select('module_id').where('host_id', '=', host).execute();
    return rows.map(({ module_id }) => module_id).sort((a, b) => a - b);
  }

  function transfer(hosts: number[], to: number[], is_increment = false) {
    const ids = { bk_biz_id: BUSINESS, bk_host_id: hosts, bk_module_id: to };
    return cmdb.post('/hosts/modules', { ...ids, is_increment });
  }

  /** As a rollout does it: this is what makes its hosts stay. */
  async function lock(pool: number) {
    const flow = await gantry.db
      .insertInto('flows')
      .values({
        ...{ project_id: 1, pool_id: pool, pool_name: 'p', template_name: 't', name: 'under way', kind: 'run' },
        ...{ batch_size: 1, operator: 'admin' },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    await gantry.db.insertInto('pool_locks').values({ pool_id: pool, flow_id: flow.id, task_id }).execute();
    return { flow: flow.id, free: () => gantry.db.deleteFrom('pool_locks').where('pool_id', '=', pool).execute() };
  }

  it('have the hosts that the module has, and those that come to it', async () => {
    await putHost(gantry, BUSINESS, '10.2.0.1', modules.web!);
    const pool = await makePool('web', 'web');
    const later = await putHost(gantry, BUSINESS, '10.2.0.2', idle);

    expect(await hostsOf(pool)).toEqual(['10.2.0.1']);
    dataOf(await transfer([later], [modules.web!]));
    expect(await hostsOf(pool)).toEqual(['10.2.0.1', '10.2.0.2']);
    expect(await orion.get(`/pool/${pool}`)).toMatchObject({ data: { module_id: modules.web, node_count: 2 } });
    dataOf(await transfer([later], [modules.other!]));
    expect(await hostsOf(pool)).toEqual(['10.2.0.1']);
  });

  it('put hosts into the module, and take them out of it', async () => {
    const pool = await makePool('db', 'db');
    const [made] = await orion.dataOf(`/pool/${pool}/add_nodes`, { nodes: ['10.2.1.1'] });
    const both = await putHost(gantry, BUSINESS, '10.2.1.2', modules.other!);
    await orion.dataOf(`/pool/${pool}/add_nodes`, { nodes: ['10.2.1.2'] });

    expect(await modulesOf(made)).toEqual([modules.db]);
    expect(await modulesOf(both)).toEqual([modules.db, modules.other].sort((a, b) => a! - b!));
    await orion.dataOf(`/pool/${pool}/remove_nodes`, { nodes: [made, '10.2.1.2'] });
    expect(await hostsOf(pool)).toEqual([]);
    expect(await modulesOf(made)).toEqual([idle]);
    expect(await modulesOf(both)).toEqual([modules.other]);
  });

  it('refuse a host that is in another pool, naming both', async () => {
    const plain = await makePool('plain');
    const late = await makePool('late', 'late');
    const [host] = await orion.dataOf(`/pool/${plain}/add_nodes`, { nodes: ['10.2.2.1'] });
    const answer = await transfer([host], [modules.late!]);

    expect(answer).toMatchObject({ status: 400, result: false });
    expect(answer.errors![0]!.message).toBe(
      `host ${host} cannot be in pool ${plain} (plain) and in pool ${late} (late): a host is in one pool at most`,
    );
    expect(await modulesOf(host)).toEqual([idle]);
    expect(await hostsOf(plain)).toEqual(['10.2.2.1']);
    const twice = await transfer([await putHost(gantry, BUSINESS, '10.2.2.2', idle)], [modules.late!, modules.db!]);
    expect(twice).toMatchObject({ status: 400, result: false });
  });

  it('are not made of a module with hosts of another pool, nor of one that a pool names', async () => {
    const plain = await makePool('mine');
    const [host] = await orion.dataOf(`/pool/${plain}/add_nodes`, { nodes: ['10.2.3.1'] });
    dataOf(await transfer([host], [modules.mixed!]));
    const wanted = { service_id: service, name: 'theirs' };
    const mixed = await orion.post('/pool/create', { ...wanted, module_id: modules.mixed });
    const taken = await orion.post('/pool/create', { ...wanted, module_id: modules.web });
    const own = await orion.post('/pool/create', { ...wanted, module_id: idle });

    expect(mixed).toMatchObject({ status: 400 });
    expect(mixed.msg).toContain(`host ${host} of module ${modules.mixed} is in pool ${plain} (mine)`);
    expect(taken).toMatchObject({ status: 400, msg: 'another pool of this project has this module_id' });
    expect(own).toMatchObject({ status: 400 });
    expect(await gantry.db.selectFrom('pools').select('id').where('name', '=', 'theirs').execute()).toEqual([]);
  });

  it('can be made of others, as long as they have no other hosts', async () => {
    const pool = await makePool('changed');
    await orion.dataOf(`/pool/${pool}/add_nodes`, { nodes: ['10.2.4.1'] });
    const refused = await orion.post(`/pool/update/${pool}`, { module_id: modules.other });
    const [{ id: host }] = (await orion.get(`/pool/${pool}/list_nodes`)).data;

    expect(refused).toMatchObject({ status: 400 });
    expect(refused.msg).toContain(`host ${host} is in it and not in module ${modules.other}`);
  });

  it('keep their hosts while a rollout is under way, whoever wants to move them', async () => {
    const pool = await makePool('locked');
    const [host] = await orion.dataOf(`/pool/${pool}/add_nodes`, { nodes: ['10.2.5.1'] });
    const [{ id: of }] = (await orion.get('/pool/list?name=web')).data;
    const [{ id: inModule }] = (await orion.get(`/pool/${of}/list_nodes`)).data;
    const locks = [await lock(pool), await lock(of)];
    const moved = await transfer([inModule], [modules.other!]);
    const released = await cmdb.post('/hosts/modules/resource', { bk_biz_id: BUSINESS, bk_host_id: [host] });
    const deleted = await cmdb.send('DELETE', '/hosts/batch', { bk_host_id: String(host) });
    const removed = await orion.post(`/pool/${pool}/remove_nodes`, { nodes: [host] });
    const joined = await transfer([inModule], [modules.other!], true);

    for (const answer of [moved, released, deleted]) expect(answer).toMatchObject({ status: 400, result: false });
    expect(removed).toMatchObject({ status: 404, code: 404 });
    expect(removed.msg).toContain(`flow ${locks[0]!.flow} is under way in pool ${pool} (locked)`);
    expect(joined).toMatchObject({ result: true });
    expect(await hostsOf(pool)).toEqual(['10.2.5.1']);
    expect(await hostsOf(of)).toEqual(['10.2.0.1']);
    for (const { free } of locks) await free();
    dataOf(await transfer([inModule], [modules.other!]));
    expect(await hostsOf(of)).toEqual([]);
  });

  it('without a module delete hosts that nobody else knows', async () => {
    const pool = await makePool('forgetful');
    const known = await putHost(gantry, BUSINESS, '10.2.6.1', idle);
    const [, tagged, made] = await orion.dataOf(`/pool/${pool}/add_nodes`, {
      nodes: ['10.2.6.1', '10.2.6.2', '10.2.6.3'],
    });
    await gantry.db.insertInto('host_tags').values({ host_id: tagged, tag: 'kept' }).execute();
    await orion.dataOf(`/pool/${pool}/remove_nodes`, { nodes: [known, tagged, made] });
    const left = await gantry.db
      .selectFrom('hosts')
      .select('id')
      .where('id', 'in', [known, tagged, made])
      .orderBy('id')
      .execute();

    expect(left.map(({ id }) => id)).toEqual([known, tagged]);
    expect(await hostsOf(pool)).toEqual([]);
  });

  it('have no hosts of other projects, and leave a trace of who wanted some', async () => {
    const business = dataOf(await cmdb.post('/biz/0', { bk_biz_name: 'abroad' })).bk_biz_id;
    await putHost(gantry, business, '10.2.7.1', (await idleOf(cmdb, business)).idle);
    const pool = await makePool('greedy');
    const answer = await orion.post(`/pool/${pool}/add_nodes`, { nodes: ['10.2.7.2', '10.2.7.1'] });

    expect(answer).toMatchObject({ status: 404, code: 404, msg: 'ip exists already' });
    expect(answer.errors).toEqual([{ field: 'address', message: '10.2.7.1 of cloud 0 is not available' }]);
    expect(await hostsOf(pool)).toEqual([]);
    const traces = await gantry.db
      .selectFrom('audit_records')
      .select('detail')
      .where('action', '=', 'refuse')
      .where('project_id', '=', 1)
      .execute();
    expect(traces).toHaveLength(1);
  });
});
