import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import {
  addBusiness,
  addHosts,
  addSet,
  auditsOf,
  dataOf,
  expectRefusal,
  idleOf,
  modulesOf,
} from '../../support/topology';

describe('transfers of hosts', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;
  let idle: number;
  let fault: number;
  let nginx: number;
  let php: number;
  let next = 1;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
    ({ idle, fault } = await idleOf(cmdb, 1));
    const { modules } = await addSet(cmdb, 1, 'web', 'nginx', 'php');
    nginx = modules.nginx!;
    php = modules.php!;
  });

  afterAll(() => gantry.stop());

  it('replace the modules of a host, or add to them', async () => {
    const [host] = await hosts(1);

    expect(await move([host], [nginx], true)).toMatchObject({ status: 200, result: true, data: null });
    expect(await modulesOf(gantry, host!)).toEqual([nginx]);
    dataOf(await move([host], [php], true));
    expect(await modulesOf(gantry, host!)).toEqual([nginx, php]);
    dataOf(await move([host], [php], false));
    expect(await modulesOf(gantry, host!)).toEqual([php]);
    dataOf(await move([host], [php], false));
    dataOf(await move([host], [fault], false));
    expect(await modulesOf(gantry, host!)).toEqual([fault]);

    const of = (modules: number[]) => ({ project_id: 1, modules });
    expect((await auditsOf(gantry, `host ${host}`)).slice(1)).toEqual(
      [
        [[idle], [nginx]],
        [[nginx], [nginx, php]],
        [[nginx, php], [php]],
        [[php], [fault]],
      ].map(([before, after]) => ({
        action: 'transfer',
        username: 'admin',
        project_id: 1,
        detail: { before: of(before!), after: of(after!) },
      })),
    );
  });

  it('to an idle or fault module are to that alone', async () => {
    const [host] = await hosts(1);
    const malformed = { status: 400, bk_error_code: 1199006 };

    expect(await move([host], [idle, nginx], false)).toMatchObject({
      ...malformed,
      bk_error_msg: "'bk_module_id' 数据参数校验不通过",
    });
    expect(await move([host], [fault], true)).toMatchObject({
      ...malformed,
      bk_error_msg: "'is_increment' 数据参数校验不通过",
    });
    expect(await modulesOf(gantry, host!)).toEqual([idle]);
  });

  it('set hosts aside as idle or broken, whatever they were in', async () => {
    const ids = await hosts(2);
    dataOf(await move(ids, [nginx, php], false));

    expect(await cmdb.post('/hosts/modules/fault', { bk_biz_id: 1, bk_host_id: ids })).toMatchObject({ data: null });
    for (const id of ids) expect(await modulesOf(gantry, id)).toEqual([fault]);
    expect(await cmdb.post('/hosts/modules/idle', { bk_biz_id: '1', bk_host_id: ids.join() })).toMatchObject({
      data: null,
    });
    for (const id of ids) expect(await modulesOf(gantry, id)).toEqual([idle]);
  });

  it('give hosts to the resource pool, from where trusted apps take them', async () => {
    const other = await addBusiness(cmdb, 'taker');
    const [host] = await hosts(1);
    dataOf(await move([host], [nginx], false));
    const editor = new CmdbClient(gantry, await addCaller(gantry, 'giver', 'editor'));

    expect(await editor.post('/hosts/modules/resource', { bk_biz_id: 1, bk_host_id: [host] })).toMatchObject({
      data: null,
    });
    expect(await modulesOf(gantry, host!)).toEqual([]);
    expect(await projectOf(host!)).toBeNull();
    const take = { bk_biz_id: other, bk_host_id: [host] };
    expect(await editor.post('/hosts/modules/resource/idle', { ...take, bk_biz_id: 1 })).toMatchObject({
      status: 403,
      bk_error_code: 9900403,
    });
    expect(await cmdb.post('/hosts/modules/resource/idle', take)).toMatchObject({ status: 200, data: null });
    expect(await modulesOf(gantry, host!)).toEqual([(await idleOf(cmdb, other)).idle]);
    expect(await cmdb.post('/hosts/modules/resource/idle', take)).toMatchObject({
      status: 404,
      bk_error_code: 1199019,
    });
    expect((await auditsOf(gantry, `host ${host}`)).slice(-2)).toMatchObject([
      {
        action: 'transfer',
        project_id: 1,
        detail: { before: { modules: [nginx] }, after: { project_id: null, modules: [] } },
      },
      { action: 'transfer', detail: { before: { project_id: null, modules: [] } } },
    ]);
  });

  it('to the resource pool leave behind what the business said of a host', async () => {
    const other = await addBusiness(cmdb, 'next owner');
    const [host, kept] = (await hosts(2)) as [number, number];
    for (const host_id of [host, kept]) {
      await gantry.db.insertInto('host_tags').values({ host_id, tag: 'prod' }).execute();
      await gantry.db.insertInto('host_variables').values({ host_id, name: 'role', value: 'main' }).execute();
    }

    dataOf(await cmdb.post('/hosts/modules/resource', { bk_biz_id: 1, bk_host_id: [host] }));
    dataOf(await cmdb.post('/hosts/modules/resource/idle', { bk_biz_id: other, bk_host_id: [host] }));
    dataOf(await cmdb.post('/hosts/modules/fault', { bk_biz_id: 1, bk_host_id: [kept] }));

    const tagged = await gantry.db.selectFrom('host_tags').select('host_id').where('tag', '=', 'prod').execute();
    const variables = await gantry.db.selectFrom('host_variables').select('host_id').execute();
    expect([tagged, variables]).toEqual([[{ host_id: kept }], [{ host_id: kept }]]);
    expect(await auditsOf(gantry, `host ${host}`)).toMatchObject([
      { action: 'create' },
      { action: 'transfer', project_id: 1, detail: { before: { modules: [idle], tags: ['prod'] } } },
      { action: 'transfer' },
    ]);
  });

  it('do nothing half: a host or a module that is not there ends them', async () => {
    const ids = await hosts(3);
    const other = await addBusiness(cmdb, 'not theirs');
    const theirs = (await addSet(cmdb, other, 'web', 'nginx')).modules.nginx!;
    const [foreign] = await addHosts(gantry, cmdb, other, '10.200.0.1');

    for (const path of ['', '/idle', '/fault', '/resource']) {
      const body = { bk_biz_id: 1, bk_host_id: [...ids, foreign], bk_module_id: [nginx] };
      expect(await cmdb.post(`/hosts/modules${path}`, body)).toMatchObject({ status: 404, bk_error_code: 1199019 });
    }
    await expectRefusal((one) => move(ids, [nginx, theirs], false, one), cmdb, {
      status: 404,
      code: 1101080,
      zh: '模块不存在',
      en: 'The module does not exist',
    });
    for (const id of ids) expect(await modulesOf(gantry, id)).toEqual([idle]);
    expect(await projectOf(foreign!)).not.toBe(1);
  });

  it.each([
    ['', 1199010, 'bk_biz_id'],
    [{ bk_biz_id: 1, bk_module_id: [1] }, 1199010, 'bk_host_id'],
    [{ bk_biz_id: 1, bk_host_id: [1] }, 1199010, 'bk_module_id'],
    [{ bk_host_id: [1], bk_module_id: [1] }, 1199010, 'bk_biz_id'],
    [{ bk_biz_id: 1, bk_host_id: [1.5], bk_module_id: [1] }, 1199009, 'bk_host_id'],
    [{ bk_biz_id: 1, bk_host_id: [1], bk_module_id: [1], is_increment: 'yes' }, 1199025, 'is_increment'],
    [{ bk_biz_id: 1, bk_host_id: numbers(5001), bk_module_id: [1] }, 1199035, 'bk_host_id'],
    [{ bk_biz_id: 1, bk_host_id: numbers(1000), bk_module_id: numbers(101) }, 1199035, 'bk_module_id'],
    [{ bk_biz_id: 1, bk_host_id: [1], bk_module_id: numbers(201) }, 1199035, 'bk_module_id'],
  ])('need ids, and few enough (%#)', async (body, code, field) => {
    const answer = await cmdb.post('/hosts/modules', body);

    expect(answer).toMatchObject({ status: 400, bk_error_code: code });
    expect(answer.bk_error_msg).toContain(field);
  });

  it('put a host into as many modules as can be told, and no more', async () => {
    const [host] = await hosts(1);
    const { bk_set_id } = dataOf(await cmdb.post('/set/1', { bk_set_name: 'many' }));
    const rows = numbers(200).map((n) => ({ business_id: 1, set_id: bk_set_id, name: `m${n}` }));
    const made = await gantry.db.insertInto('modules').values(rows).returning('id').execute();
    const ids = made.map(({ id }) => id);

    dataOf(await move([host], ids, false));
    expect(await move([host], [nginx], true)).toMatchObject({
      status: 400,
      bk_error_code: 1199035,
      bk_error_msg: ' bk_module_id 超过限制 200',
    });
    expect(await modulesOf(gantry, host!)).toHaveLength(200);
  });

  it('of the same hosts at once come one after the other', async () => {
    const ids = await hosts(30);
    const reversed = [...ids].reverse();

    const answers = await Promise.all([
      ...Array.from({ length: 5 }, (_, n) => move(n % 2 ? ids : reversed, [n % 2 ? nginx : php], false)),
      cmdb.post('/hosts/modules/fault', { bk_biz_id: 1, bk_host_id: ids }),
      cmdb.put('/hosts/batch', { bk_host_id: reversed, bk_os_name: 'linux' }),
    ]);

    expect(answers.map(({ result }) => result)).toEqual(answers.map(() => true));
    const places = await Promise.all(ids.map((id) => modulesOf(gantry, id)));
    expect(new Set(places.map(String)).size).toBe(1);
    expect(places[0]).toHaveLength(1);
  });

  it('of hosts of the pool to two businesses at once give each host to one', async () => {
    const other = await addBusiness(cmdb, 'racing for hosts');
    const ids = await hosts(20);
    dataOf(await cmdb.post('/hosts/modules/resource', { bk_biz_id: 1, bk_host_id: ids }));

    const answers = await Promise.all(
      [1, other].map((bk_biz_id) => cmdb.post('/hosts/modules/resource/idle', { bk_biz_id, bk_host_id: ids })),
    );

    expect(answers.map(({ bk_error_code }) => bk_error_code).sort()).toEqual([0, 1199019]);
    const projects = await Promise.all(ids.map(projectOf));
    expect(new Set(projects).size).toBe(1);
    expect(await modulesOf(gantry, ids[0]!)).toHaveLength(1);
  });

  it('into a set that is deleted meanwhile are before it or not at all', async () => {
    for (let round = 0; round < 5; round++) {
      const { set, modules } = await addSet(cmdb, 1, `short ${round}`, 'm');
      const ids = await hosts(5);

      const [moved, deleted] = await Promise.all([move(ids, [modules.m!], false), cmdb.delete(`/set/1/${set}`)]);

      expect([moved.bk_error_code, deleted.bk_error_code]).toEqual(moved.result ? [0, 1101030] : [1101080, 0]);
      for (const id of ids) expect(await modulesOf(gantry, id)).toEqual([moved.result ? modules.m! : idle]);
    }
  });

  it('of another account are not possible', async () => {
    const [host] = await hosts(1);
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });
    const theirs = await addBusiness(cmdb, 'in a', 'a');
    dataOf(await cmdb.post('/hosts/add', { host_info: { '0': { bk_host_innerip: '10.201.0.1' } } }));
    const { id: pooled } = await gantry.db
      .selectFrom('hosts')
      .select('id')
      .where('address', '=', '10.201.0.1')
      .executeTakeFirstOrThrow();
    const notFound = { status: 404, bk_error_code: 1199019 };

    for (const path of ['', '/idle', '/fault', '/resource', '/resource/idle']) {
      const body = { bk_host_id: [path === '/resource/idle' ? pooled : host], bk_module_id: [nginx] };
      expect(await inA.post(`/hosts/modules${path}`, { bk_biz_id: 1, ...body })).toMatchObject(notFound);
      expect(await inA.post(`/hosts/modules${path}`, { bk_biz_id: theirs, ...body })).toMatchObject(notFound);
    }
    expect(await modulesOf(gantry, host!)).toEqual([idle]);
  });

  it('are for editors', async () => {
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'looking', 'viewer'));
    const [host] = await hosts(1);

    for (const path of ['', '/idle', '/fault', '/resource']) {
      const body = { bk_biz_id: 1, bk_host_id: [host], bk_module_id: [nginx] };
      expect(await viewer.post(`/hosts/modules${path}`, body)).toMatchObject({ status: 403, bk_error_code: 9900403 });
    }
  });

  /** So many new hosts of business 1. */
  function hosts(count: number): Promise<number[]> {
    const addresses = Array.from({ length: count }, () => `10.${100 + Math.floor(next / 200)}.0.${next++ % 200}`);
    return addHosts(gantry, cmdb, 1, ...addresses);
  }

  function move(bk_host_id: unknown, bk_module_id: number[], is_increment: boolean, client = cmdb) {
    return client.post('/hosts/modules', { bk_biz_id: 1, bk_host_id, bk_module_id, is_increment });
  }

  async function projectOf(id: number): Promise<number | null> {
    const row = await gantry.db.selectFrom('hosts').select('project_id').where('id', '=', id).executeTakeFirstOrThrow();
    return row.project_id;
  }
});

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
