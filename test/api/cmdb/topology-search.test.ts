import { addCaller, addPlainApp } from '../../support/callers';
import { type CmdbAnswer, CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addSet, dataOf, idleOf } from '../../support/topology';

describe('searches of the topology', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('find businesses of the account of the path by parts of their texts', async () => {
    const games = await addBusiness(cmdb, 'blue games');
    const shop = dataOf(
      await cmdb.post('/biz/0', { bk_biz_name: 'blue shop', bk_biz_maintainer: 'ann,ben' }),
    ).bk_biz_id;
    const abroad = await addBusiness(cmdb, 'blue abroad', 'a');
    const gone = await addBusiness(cmdb, 'blue gone');
    dataOf(await cmdb.delete(`/biz/0/${gone}`));
    const search = async (account: string, condition: object) =>
      businesses(await cmdb.post(`/biz/search/${account}`, { condition, page: { sort: 'bk_biz_name' } }));

    expect(await search('0', { bk_biz_name: 'blue' })).toEqual([games, shop]);
    expect(await search('a', { bk_biz_name: 'blue' })).toEqual([abroad]);
    expect(await search('0', { bk_biz_maintainer: 'ben' })).toEqual([shop]);
    expect(await search('0', { bk_biz_id: games, bk_supplier_account: 'a' })).toEqual([games]);
    expect(await search('b', {})).toEqual([]);
  });

  it('find only businesses in which the user has a role', async () => {
    const own = await addBusiness(cmdb, 'seen');
    await addBusiness(cmdb, 'unseen');
    const { project_id } = await gantry.db
      .selectFrom('businesses')
      .select('project_id')
      .where('id', '=', own)
      .executeTakeFirstOrThrow();
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'sees-one', 'viewer', project_id));
    const nobody = new CmdbClient(gantry, await addCaller(gantry, 'sees-none', null));

    expect(await viewer.post('/biz/search/0')).toMatchObject({
      data: { count: 1, info: [{ bk_biz_id: own, bk_biz_name: 'seen', time_zone: 'UTC' }] },
    });
    expect(dataOf(await nobody.post('/biz/search/0'))).toEqual({ count: 0, info: [] });
    expect(dataOf(await viewer.post('/biz/search/0', { fields: ['life_cycle'] })).info).toEqual([
      { bk_biz_id: own, life_cycle: '2' },
    ]);
  });

  it('find sets and modules of the business of the path', async () => {
    const business = await addBusiness(cmdb, 'searched');
    const web = await addSet(cmdb, business, 'web', 'nginx', 'php');
    const db = await addSet(cmdb, business, 'db', 'mysql');
    const idle = await idleOf(cmdb, business);

    const sets = await cmdb.post(`/set/search/0/${business}`, { page: { sort: '-bk_set_id' } });
    expect(sets.data.count).toBe(3);
    expect(sets.data.info.map((set: { bk_set_id: number }) => set.bk_set_id)).toEqual([db.set, web.set, idle.set]);
    expect(sets.data.info[0]).toEqual({
      bk_parent_id: business,
      bk_biz_id: business,
      bk_set_id: db.set,
      bk_set_name: 'db',
      bk_set_desc: '',
      bk_set_env: '3',
      bk_service_status: '1',
      bk_capacity: null,
      description: '',
      default: 0,
      bk_supplier_account: '0',
      create_time: expect.any(String),
      last_time: expect.any(String),
    });
    const named = await cmdb.post(`/set/search/0/${business}`, {
      condition: { bk_set_name: 'web' },
      fields: ['default'],
    });
    expect(named.data).toEqual({ count: 1, info: [{ bk_set_id: web.set, default: 0 }] });
    const modules = await cmdb.post(`/module/search/0/${business}/${web.set}`, { fields: ['bk_module_name'] });
    expect(modules.data).toEqual({
      count: 2,
      info: [
        { bk_module_id: web.modules.nginx, bk_module_name: 'nginx' },
        { bk_module_id: web.modules.php, bk_module_name: 'php' },
      ],
    });
    const elsewhere = await cmdb.post(`/module/search/0/1/${web.set}`);
    expect(elsewhere.data).toEqual({ count: 0, info: [] });
  });

  it('refuse pages that are too large', async () => {
    for (const path of ['/biz/search/0', '/set/search/0/1', '/module/search/0/1/1']) {
      expect(await cmdb.post(path, { page: { limit: 201 } })).toMatchObject({ status: 400, bk_error_code: 1199059 });
    }
  });

  function businesses(answer: CmdbAnswer): number[] {
    return dataOf(answer).info.map(({ bk_biz_id }: { bk_biz_id: number }) => bk_biz_id);
  }
});
