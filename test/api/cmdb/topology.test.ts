import { sql } from 'kysely';
import { addCaller, addPlainApp } from '../../support/callers';
import { type CmdbAnswer, CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addSet, dataOf, idleOf, putHost } from '../../support/topology';

describe('the topology of a business', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('is a tree with the idle set first, its objects named in either language', async () => {
    const business = await addBusiness(cmdb, 'tree');
    const web = await addSet(cmdb, business, 'web', 'nginx', 'php');
    const idle = await idleOf(cmdb, business);
    await putHost(gantry, business, '10.6.0.1', web.modules.nginx!, web.modules.php!);
    await putHost(gantry, business, '10.6.0.2', web.modules.nginx!);
    const module = (bk_inst_id: number, bk_inst_name: string, kind: number, host_count: number) => ({
      bk_obj_id: 'module',
      bk_obj_name: '模块',
      bk_inst_id,
      bk_inst_name,
      default: kind,
      host_count,
      child: [],
    });

    expect(dataOf(await cmdb.get(`/topo/inst/0/${business}`))).toEqual([
      {
        bk_obj_id: 'biz',
        bk_obj_name: '业务',
        bk_inst_id: business,
        bk_inst_name: 'tree',
        default: 0,
        child: [
          {
            bk_obj_id: 'set',
            bk_obj_name: '集群',
            bk_inst_id: idle.set,
            bk_inst_name: '空闲机池',
            default: 1,
            child: [module(idle.idle, '空闲机', 1, 0), module(idle.fault, '故障机', 2, 0)],
          },
          {
            bk_obj_id: 'set',
            bk_obj_name: '集群',
            bk_inst_id: web.set,
            bk_inst_name: 'web',
            default: 0,
            child: [module(web.modules.nginx!, 'nginx', 0, 2), module(web.modules.php!, 'php', 0, 1)],
          },
        ],
      },
    ]);
    const english = cmdb.with({ HTTP_BLUEKING_LANGUAGE: 'en' });
    expect(dataOf(await english.get(`/topo/inst/0/${business}`))[0]).toMatchObject({
      bk_obj_name: 'business',
      child: [{ bk_obj_name: 'set', child: [{ bk_obj_name: 'module' }, {}] }, {}],
    });
  });

  it('has a set of its own for hosts that are idle or broken', async () => {
    expect(dataOf(await cmdb.get('/topo/internal/0/1'))).toEqual({
      bk_set_id: expect.any(Number),
      bk_set_name: '空闲机池',
      module: [
        { bk_module_id: expect.any(Number), bk_module_name: '空闲机', default: 1 },
        { bk_module_id: expect.any(Number), bk_module_name: '故障机', default: 2 },
      ],
    });
  });

  it('says what the database did not do by what was asked for', async () => {
    const { db } = gantry;
    const tables = ['sets', 'modules', 'hosts'];
    const { set, modules } = await addSet(cmdb, 1, 'unlucky', 'm');
    for (const table of tables)
      await sql`alter table ${sql.table(table)} rename to ${sql.id(`gone_${table}`)}`.execute(db);
    try {
      const asked: [code: number, answer: Promise<CmdbAnswer>][] = [
        [1001034, cmdb.post('/biz/0', { bk_biz_name: 'never' })],
        [1199021, cmdb.delete('/biz/0/1')],
        [1101008, cmdb.post('/set/1', { bk_set_name: 'never' })],
        [1199020, cmdb.put(`/set/1/${set}`, { bk_set_name: 'never' })],
        [1199021, cmdb.delete(`/set/1/${set}`)],
        [1199017, cmdb.post('/set/search/0/1')],
        [1101004, cmdb.post(`/module/1/${set}`, { bk_module_name: 'never' })],
        [1199020, cmdb.put(`/module/1/${set}/${modules.m}`, { bk_module_name: 'never' })],
        [1199021, cmdb.delete(`/module/1/${set}/${modules.m}`)],
        [1199017, cmdb.post(`/module/search/0/1/${set}`)],
        [1199018, cmdb.post('/hosts/add', { host_info: { 0: { bk_host_innerip: '10.0.0.1' } } })],
        [1199020, cmdb.put('/hosts/batch', { bk_host_id: 1, operator: 'x' })],
        [1199021, cmdb.delete('/hosts/batch', { bk_host_id: 1 })],
        [1199020, cmdb.post('/hosts/modules/idle', { bk_biz_id: 1, bk_host_id: 1 })],
        [1199017, cmdb.post('/hosts/search', { bk_biz_id: 1 })],
        [1199017, cmdb.get('/topo/inst/0/1')],
        [1199017, cmdb.get('/topo/internal/0/1')],
      ];

      const answers = await Promise.all(asked.map(([, answer]) => answer));

      expect(answers.map(({ bk_error_code }) => bk_error_code)).toEqual(asked.map(([code]) => code));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([500]));
      expect(JSON.stringify(answers)).not.toMatch(/relation|select|gone/);
    } finally {
      for (const table of tables)
        await sql`alter table ${sql.table(`gone_${table}`)} rename to ${sql.id(table)}`.execute(db);
    }
    expect(await cmdb.post('/biz/search/0', { condition: { bk_biz_name: 'never' } })).toMatchObject({
      data: { count: 0 },
    });
    expect(await db.selectFrom('projects').select('id').where('name', '=', 'never').execute()).toEqual([]);
  });

  it('is seen by who has a role in the business, in its account', async () => {
    const other = await addBusiness(cmdb, 'theirs', 'a');
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'topo-viewer', 'viewer'));

    for (const kind of ['inst', 'internal']) {
      expect(await viewer.get(`/topo/${kind}/0/1`)).toMatchObject({ status: 200 });
      expect(await viewer.get(`/topo/${kind}/a/${other}`)).toMatchObject({ status: 403, bk_error_code: 9900403 });
      expect(await cmdb.get(`/topo/${kind}/a/${other}`)).toMatchObject({ status: 200 });
      expect(await cmdb.get(`/topo/${kind}/0/${other}`)).toMatchObject({ status: 404, bk_error_code: 1199019 });
      expect(await cmdb.get(`/topo/${kind}/a/1`)).toMatchObject({ status: 404, bk_error_code: 1199019 });
      expect(await cmdb.get(`/topo/${kind}/0/one`)).toMatchObject({ status: 400, bk_error_code: 1199003 });
    }
  });
});
