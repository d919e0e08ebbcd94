import { addCaller, addPlainApp } from '../../support/callers';
import { type CmdbAnswer, CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addHosts, addSet, dataOf, idleOf } from '../../support/topology';

type Comparison = [field: string, operator: string, value: unknown];

describe('the search of hosts', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;
  let business: number;
  let other: number;
  let web: Awaited<ReturnType<typeof addSet>>;
  let db: Awaited<ReturnType<typeof addSet>>;
  let hosts: number[];

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
    business = await addBusiness(cmdb, 'searched');
    other = await addBusiness(cmdb, 'other');
    web = await addSet(cmdb, business, 'web', 'nginx', 'php');
    db = await addSet(cmdb, business, 'db', 'mysql', 'nginx');
    hosts = await addHosts(gantry, cmdb, business, '10.1.0.1', '10.1.0.2', '10.1.0.10', '10.1.0.4');
    const [a, b, c] = hosts as [number, number, number];
    await move([a], web.modules.nginx!, web.modules.php!);
    await move([b], db.modules.mysql!, web.modules.nginx!);
    await move([c], db.modules.nginx!);
    dataOf(await cmdb.put('/hosts/batch', { bk_host_id: b, bk_host_name: 'mysql-1', bk_host_outerip: '1.2.3.4' }));
    await addHosts(gantry, cmdb, other, '10.2.0.1');
    dataOf(await cmdb.post('/hosts/add', { host_info: { pooled: { bk_host_innerip: '10.3.0.1' } } }));
    const abroad = await addBusiness(cmdb, 'abroad', 'a');
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });
    const host_info = { 0: { bk_host_innerip: '10.1.0.1', bk_host_name: 'abroad' } };
    dataOf(await inA.post('/hosts/add', { bk_biz_id: abroad, host_info }));
  });

  afterAll(() => gantry.stop());

  async function move(ids: number[], ...bk_module_id: number[]): Promise<void> {
    dataOf(
      await cmdb.post('/hosts/modules', { bk_biz_id: business, bk_host_id: ids, bk_module_id, is_increment: false }),
    );
  }

  function addresses(answer: CmdbAnswer): string[] {
    const { count, info } = dataOf(answer);
    const found = info.map(({ host }: { host: { bk_host_innerip: string } }) => host.bk_host_innerip);
    expect(count).toBe(found.length);
    return found.sort();
  }

  const objects = (conditions: Record<string, Comparison[]>) =>
    Object.entries(conditions).map(([bk_obj_id, comparisons]) => ({
      bk_obj_id,
      fields: [],
      condition: comparisons.map(([field, operator, value]) => ({ field, operator, value })),
    }));

  it('tells each host with its business, sets and modules', async () => {
    const { data } = await cmdb.post('/hosts/search', {
      bk_biz_id: business,
      ip: { flag: 'bk_host_innerip', exact: 1, data: ['10.1.0.2'] },
      condition: [],
      page: { start: 0, limit: 10, sort: 'bk_host_id' },
      pattern: '',
    });

    expect(data).toEqual({
      count: 1,
      info: [
        {
          host: {
            bk_host_id: hosts[1],
            bk_host_innerip: '10.1.0.2',
            bk_cloud_id: 0,
            bk_host_name: 'mysql-1',
            bk_host_outerip: '1.2.3.4',
            bk_os_name: '',
            operator: '',
            bk_bak_operator: '',
            bk_asset_id: '',
            bk_sn: '',
            bk_comment: '',
            bk_supplier_account: '0',
            create_time: expect.stringMatching(/Z$/),
            last_time: expect.stringMatching(/Z$/),
          },
          biz: [expect.objectContaining({ bk_biz_id: business, bk_biz_name: 'searched', time_zone: 'UTC' })],
          set: [
            expect.objectContaining({ bk_set_id: web.set, bk_set_name: 'web', bk_supplier_account: '0' }),
            expect.objectContaining({ bk_set_id: db.set, bk_set_name: 'db', default: 0 }),
          ],
          module: [
            expect.objectContaining({ bk_module_name: 'nginx', bk_set_id: web.set }),
            expect.objectContaining({ bk_module_name: 'mysql', bk_set_id: db.set }),
          ],
        },
      ],
    });
  });

  it('tells of each object what is asked for', async () => {
    const fields = {
      host: ['bk_host_innerip'],
      biz: ['bk_biz_name'],
      set: ['bk_set_name'],
      module: ['bk_module_name'],
    };
    const condition = Object.entries(fields).map(([bk_obj_id, fields]) => ({ bk_obj_id, fields, condition: [] }));

    const { data } = await cmdb.post('/hosts/search', { bk_biz_id: business, condition, pattern: '10.1.0.10' });

    expect(data.info).toEqual([
      {
        host: { bk_host_id: hosts[2], bk_host_innerip: '10.1.0.10' },
        biz: [{ bk_biz_id: business, bk_biz_name: 'searched' }],
        set: [{ bk_set_id: db.set, bk_set_name: 'db' }],
        module: [{ bk_module_id: db.modules.nginx, bk_module_name: 'nginx' }],
      },
    ]);
  });

  it.each<[string, Record<string, Comparison[]>, string[]]>([
    ['a host', { host: [['bk_host_name', '$eq', 'mysql-1']] }, ['10.1.0.2']],
    ['a pattern', { host: [['bk_host_innerip', '$regex', '[.]0[.]1']] }, ['10.1.0.1', '10.1.0.10']],
    ['a list', { host: [['bk_host_innerip', '$in', ['10.1.0.4', '10.2.0.1']]] }, ['10.1.0.4']],
    ['a module', { module: [['bk_module_name', '$eq', 'nginx']] }, ['10.1.0.1', '10.1.0.2', '10.1.0.10']],
    ['a part of a module', { module: [['bk_module_name', '$regex', '^ngi']] }, ['10.1.0.1', '10.1.0.2', '10.1.0.10']],
    ['a set', { set: [['bk_set_name', '$in', ['db']]] }, ['10.1.0.2', '10.1.0.10']],
    [
      'a module of a set',
      { set: [['bk_set_name', '$eq', 'db']], module: [['bk_module_name', '$eq', 'nginx']] },
      ['10.1.0.10'],
    ],
    ['idle hosts', { module: [['default', '$eq', 1]] }, ['10.1.0.4']],
    ['ordinary modules', { module: [['default', '$lt', 1]] }, ['10.1.0.1', '10.1.0.2', '10.1.0.10']],
    [
      'its business',
      {
        biz: [
          ['bk_biz_name', '$eq', 'searched'],
          ['default', '$ne', 1],
        ],
        module: [['bk_module_name', '$nin', ['nginx', 'php', '空闲机']]],
      },
      ['10.1.0.2'],
    ],
    ['another business', { biz: [['bk_biz_name', '$eq', 'other']] }, []],
    ['what there is not', { host: [['no_property', '$eq', 'x']] }, []],
    ['objects that nobody wants', { object: [] }, ['10.1.0.1', '10.1.0.2', '10.1.0.10', '10.1.0.4']],
  ])('finds hosts of a business by %s', async (_what, conditions, found) => {
    const body = { bk_biz_id: business, condition: objects(conditions) };

    expect(addresses(await cmdb.post('/hosts/search', body))).toEqual(found.sort());
  });

  it.each([
    [{ flag: 'bk_host_innerip|bk_host_outerip', exact: 1, data: ['1.2.3.4', '010.1.0.4'] }, ['10.1.0.2', '10.1.0.4']],
    [{ flag: 'bk_host_outerip', exact: 1, data: ['10.1.0.4'] }, []],
    [{ flag: 'bk_host_innerip', exact: 0, data: ['.0.1'] }, ['10.1.0.1', '10.1.0.10']],
    [{ exact: 0, data: ['2.3', '0.4'] }, ['10.1.0.2', '10.1.0.4']],
    [{ exact: 1, data: [] }, ['10.1.0.1', '10.1.0.2', '10.1.0.10', '10.1.0.4']],
  ])('finds hosts by addresses %j', async (ip, found) => {
    expect(addresses(await cmdb.post('/hosts/search', { bk_biz_id: business, ip }))).toEqual(found.sort());
  });

  it('gives pages in order', async () => {
    const page = (start: number) => ({ start, limit: 2, sort: '-bk_host_innerip' });

    const [first, second] = [
      await cmdb.post('/hosts/search', { bk_biz_id: business, page: page(0) }),
      await cmdb.post('/hosts/search', { bk_biz_id: business, page: page(2) }),
    ];

    const order = [first, second].flatMap(({ data }) =>
      data.info.map(({ host }: { host: { bk_host_innerip: string } }) => host.bk_host_innerip),
    );
    expect(order).toEqual(['10.1.0.4', '10.1.0.2', '10.1.0.10', '10.1.0.1']);
    expect([first.data.count, second.data.count]).toEqual([4, 4]);
  });

  it('without a business is over all of an account with its pool, for trusted apps', async () => {
    const pattern = '.0.1';
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'only-viewer', 'viewer'));
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });

    expect(addresses(await cmdb.post('/hosts/search', { bk_biz_id: -1, pattern }))).toEqual([
      '10.1.0.1',
      '10.1.0.10',
      '10.2.0.1',
      '10.3.0.1',
    ]);
    const pooled = await cmdb.post('/hosts/search', { pattern: '10.3.' });
    expect(pooled.data.info[0]).toMatchObject({ biz: [], set: [], module: [] });
    expect(
      addresses(await cmdb.post('/hosts/search', { condition: objects({ biz: [['bk_biz_id', '$eq', other]] }) })),
    ).toEqual(['10.2.0.1']);
    expect(
      addresses(
        await cmdb.post('/hosts/search', {
          condition: objects({ set: [['bk_biz_id', '$eq', business]], module: [['bk_module_name', '$eq', 'php']] }),
        }),
      ),
    ).toEqual(['10.1.0.1']);
    expect((await inA.post('/hosts/search', {})).data.info).toMatchObject([{ host: { bk_host_name: 'abroad' } }]);
    expect(
      addresses(
        await inA.post('/hosts/search', { condition: objects({ module: [['bk_module_name', '$eq', 'nginx']] }) }),
      ),
    ).toEqual([]);
    expect(await inA.post('/hosts/search', { bk_biz_id: business })).toMatchObject({
      status: 404,
      bk_error_code: 1199019,
    });
    expect(await viewer.post('/hosts/search', {})).toMatchObject({ status: 403, bk_error_code: 9900403 });
    expect(await viewer.post('/hosts/search', { bk_biz_id: other })).toMatchObject({
      status: 403,
      bk_error_code: 9900403,
    });
    expect(await viewer.post('/hosts/search', { bk_biz_id: 1 })).toMatchObject({ data: { count: 0, info: [] } });
  });

  it.each([
    [{ page: { limit: 201 } }, 1199059, ''],
    [{ condition: {} }, 1199006, 'condition'],
    [
      { condition: [{ bk_obj_id: 'host', condition: [{ field: 'x', operator: '$where', value: 1 }] }] },
      1199011,
      '$where',
    ],
    [
      { condition: [{ bk_obj_id: 'plat', condition: [{ field: 'x', operator: '$eq', value: 1 }] }] },
      1199006,
      'bk_obj_id',
    ],
    [
      { condition: [{ bk_obj_id: 'host', condition: [{ field: 'bk_sn', operator: '$regex', value: '(' }] }] },
      1199006,
      'bk_sn',
    ],
    [{ ip: { flag: 'bk_mac', data: ['1'] } }, 1199006, 'ip.flag'],
    [{ ip: { exact: 0, data: Array.from({ length: 101 }, (_, n) => `10.${n}`) } }, 1199035, 'condition'],
    [{ pattern: 7 }, 1199007, 'pattern'],
  ])('refuses %j', async (body, code, field) => {
    const answer = await cmdb.post('/hosts/search', { bk_biz_id: business, ...body });

    expect(answer).toMatchObject({ status: 400, bk_error_code: code });
    expect(answer.bk_error_msg).toContain(field);
  });

  it('follows hosts where they go', async () => {
    const [moving] = await addHosts(gantry, cmdb, business, '10.1.9.9');
    const { fault } = await idleOf(cmdb, business);
    const where = async () => {
      const { data } = await cmdb.post('/hosts/search', { bk_biz_id: -1, pattern: '10.1.9.9' });
      const { biz, module } = data.info[0];
      return [biz[0]?.bk_biz_id, ...module.map(({ bk_module_id }: { bk_module_id: number }) => bk_module_id)];
    };

    dataOf(await cmdb.post('/hosts/modules/fault', { bk_biz_id: business, bk_host_id: [moving] }));
    expect(await where()).toEqual([business, fault]);
    dataOf(await cmdb.post('/hosts/modules/resource', { bk_biz_id: business, bk_host_id: [moving] }));
    expect(await where()).toEqual([undefined]);
    dataOf(await cmdb.delete('/hosts/batch', { bk_host_id: moving }));
  });
});
