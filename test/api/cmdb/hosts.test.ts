import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addHosts, auditsOf, dataOf, idleOf, modulesOf } from '../../support/topology';

describe('hosts', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('are added to the resource pool of their account', async () => {
    const added = await cmdb.post('/hosts/add', {
      bk_supplier_id: 0,
      host_info: { '0': { bk_host_innerip: '10.0.0.1', bk_cloud_id: 0, import_from: '3', bk_host_name: 'db1' } },
    });

    expect(added).toMatchObject({ status: 200, data: { success: ['0'], error: [], update_error: [] } });
    const host = await hostAt('10.0.0.1');
    expect(host).toMatchObject({ supplier_account: '0', cloud_id: 0, project_id: null, name: 'db1', os_name: '' });
    expect(await modulesOf(gantry, host.id)).toEqual([]);
    expect(await auditsOf(gantry, `host ${host.id}`)).toMatchObject([
      { action: 'create', project_id: null, detail: { after: { address: '10.0.0.1', name: 'db1' } } },
    ]);
  });

  it('are added to a business, where they are idle', async () => {
    const { idle } = await idleOf(cmdb, 1);

    const added = await cmdb.post('/hosts/add', { bk_biz_id: 1, host_info: { '0': { bk_host_innerip: '10.0.0.2' } } });

    expect(added.data).toEqual({ success: ['0'], error: [], update_error: [] });
    const { id, project_id } = await hostAt('10.0.0.2');
    expect(project_id).toBe(1);
    expect(await modulesOf(gantry, id)).toEqual([idle]);
  });

  it('are added each on its own: a row that is wrong is named with its reason, in either language', async () => {
    const host_info = {
      '0': { bk_host_innerip: '10.0.1.1' },
      '1': { bk_host_innerip: '10.0.1.256' },
      '2': { bk_host_innerip: '10.0.1.2', bk_cloud_id: 77 },
      '3': 'a host',
      '4': { bk_host_name: 'nowhere' },
      '5': { bk_host_innerip: '10.0.1.5', colour: 'red' },
      '6': { bk_host_innerip: '10.0.1.6', bk_host_name: 'x'.repeat(256) },
      '7': { bk_host_innerip: '10.0.1.1', bk_cloud_id: 0 },
      '8': { bk_host_innerip: 'db1.example.com' },
      '9': { bk_host_innerip: '2001:DB8::0:1' },
    };

    const { data } = await cmdb.post('/hosts/add', { bk_biz_id: 1, host_info });

    expect(data.success).toEqual(['0', '9']);
    expect(data.update_error).toEqual([]);
    expect(data.error).toEqual([
      expect.stringMatching(/^1: 字段正则校验失败 \(/),
      "2: 'bk_cloud_id' 数据参数校验不通过 (there is no cloud 77)",
      expect.stringMatching(/^3: 'host_info' 数据参数校验不通过/),
      expect.stringMatching(/^4: 'bk_host_innerip' 未赋值/),
      expect.stringMatching(/^5: 'colour' 参数无效或不存在/),
      expect.stringMatching(/^6: 'bk_host_name' 数据越界/),
      '7: 数据唯一性校验失败， 云区域,内网IP 重复 (10.0.1.1 of cloud 0 is in row 0 too)',
      expect.stringMatching(/^8: 字段正则校验失败/),
    ]);
    expect(await hostAt('2001:db8::1')).toMatchObject({ project_id: 1 });
    const english = cmdb.with({ HTTP_BLUEKING_LANGUAGE: 'en' });
    const again = await english.post('/hosts/add', { bk_biz_id: 1, host_info: { a: { bk_host_innerip: 'x y' } } });
    expect(again.data.error[0]).toMatch(/^a: Field regular check failed \(/);
  });

  it('that are there already are changed by what the row says', async () => {
    const row = (bk_host_innerip: string, more: object) => ({
      bk_biz_id: 1,
      host_info: { r: { bk_host_innerip, ...more } },
    });
    dataOf(await cmdb.post('/hosts/add', row('10.0.2.1', { bk_host_name: 'first', operator: 'ann' })));

    const again = await cmdb.post('/hosts/add', row('010.0.2.1', { bk_host_name: 'second' }));

    expect(again.data).toEqual({ success: ['r'], error: [], update_error: [] });
    const host = await hostAt('10.0.2.1');
    expect(host).toMatchObject({ name: 'second', operator: 'ann' });
    expect((await auditsOf(gantry, `host ${host.id}`)).at(-1)).toMatchObject({
      action: 'update',
      detail: { before: { name: 'first' }, after: { name: 'second', operator: 'ann' } },
    });
    const wrong = await cmdb.post('/hosts/add', row('10.0.2.1', { bk_os_name: 'x'.repeat(257) }));
    expect(wrong.data).toMatchObject({
      success: [],
      error: [],
      update_error: [expect.stringMatching(/^r: 'bk_os_name'/)],
    });
  });

  it('that another business has are not available, which leaves a trace and names nobody', async () => {
    const other = await addBusiness(cmdb, 'somebody else');
    dataOf(await cmdb.post('/hosts/add', { bk_biz_id: other, host_info: { '0': { bk_host_innerip: '10.0.3.1' } } }));
    dataOf(await cmdb.post('/hosts/add', { host_info: { '0': { bk_host_innerip: '10.0.3.2' } } }));
    const editor = new CmdbClient(gantry, await addCaller(gantry, 'host-editor', 'editor'));

    const { data } = await editor.post('/hosts/add', {
      bk_biz_id: 1,
      host_info: { a: { bk_host_innerip: '10.0.3.1', bk_host_name: 'mine' }, b: { bk_host_innerip: '10.0.3.2' } },
    });

    expect(data).toEqual({
      success: [],
      error: [
        expect.stringContaining('(10.0.3.1 of cloud 0 is not available)'),
        expect.stringContaining('(10.0.3.2 of cloud 0 is not available)'),
      ],
      update_error: [],
    });
    expect(JSON.stringify(data)).not.toContain('somebody else');
    expect(await hostAt('10.0.3.1')).toMatchObject({ name: '' });
    expect(await auditsOf(gantry, 'host')).toMatchObject([
      { action: 'refuse', username: 'host-editor', project_id: 1, detail: { address: '10.0.3.1' } },
      { action: 'refuse', username: 'host-editor', project_id: 1, detail: { address: '10.0.3.2' } },
    ]);
  });

  it('of one address are others in another account', async () => {
    const other = await addBusiness(cmdb, 'account a', 'a');
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });
    const body = { host_info: { '0': { bk_host_innerip: '10.0.4.1' } } };

    for (const answer of [
      await cmdb.post('/hosts/add', { bk_biz_id: 1, ...body }),
      await inA.post('/hosts/add', { bk_biz_id: other, ...body }),
      await cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'fresh' }).post('/hosts/add', body),
    ]) {
      expect(answer.data).toEqual({ success: ['0'], error: [], update_error: [] });
    }
    expect(await inA.post('/hosts/add', { bk_biz_id: 1, ...body })).toMatchObject({
      status: 404,
      bk_error_code: 1199019,
    });
    expect(await gantry.db.selectFrom('hosts').select('id').where('address', '=', '10.0.4.1').execute()).toHaveLength(
      3,
    );
  });

  it('of one address that several add at once are one host', async () => {
    const other = await addBusiness(cmdb, 'racing');
    const host_info = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [String(index), { bk_host_innerip: `10.0.5.${index}` }]),
    );

    const answers = await Promise.all(
      [1, other, 1, other].map((bk_biz_id) => cmdb.post('/hosts/add', { bk_biz_id, host_info })),
    );

    const hosts = await gantry.db.selectFrom('hosts').selectAll().where('address', 'like', '10.0.5.%').execute();
    expect(hosts).toHaveLength(50);
    const added = answers.map(({ data }) => data.success.length + data.error.length + data.update_error.length);
    expect(added).toEqual([50, 50, 50, 50]);
    const own = new Map([
      [await projectOf(1), (await idleOf(cmdb, 1)).idle],
      [await projectOf(other), (await idleOf(cmdb, other)).idle],
    ]);
    for (const { id, project_id } of hosts) expect(await modulesOf(gantry, id)).toEqual([own.get(project_id)]);
  });

  it.each([
    ['', 1199005],
    [{}, 1199010],
    [{ host_info: {} }, 1199010],
    [{ host_info: [1] }, 1199006],
    [{ host_info: { a: {} }, bk_biz_id: 'x' }, 1199009],
    [{ host_info: Object.fromEntries(Array.from({ length: 5001 }, (_, row) => [row, {}])) }, 1199035],
  ])('are not added by a body that is none', async (body, code) => {
    expect(await cmdb.post('/hosts/add', body)).toMatchObject({ status: 400, bk_error_code: code });
  });

  it('are changed together: all of them or none', async () => {
    const [a, b] = await addHosts(gantry, cmdb, 1, '10.0.6.1', '10.0.6.2');
    const other = await addBusiness(cmdb, 'changing');
    const [theirs] = await addHosts(gantry, cmdb, other, '10.0.6.3');

    const changed = await cmdb.put('/hosts/batch', { bk_biz_id: 1, bk_host_id: `${a},${b}`, bk_os_name: 'linux' });

    expect(changed).toMatchObject({ status: 200, data: 'success' });
    expect(await hostAt('10.0.6.2')).toMatchObject({ os_name: 'linux' });
    expect((await auditsOf(gantry, `host ${a}`)).at(-1)).toMatchObject({
      action: 'update',
      project_id: 1,
      detail: { before: { os_name: '' }, after: { os_name: 'linux' } },
    });
    const bk_host_id = [a, theirs];
    const notFound = { status: 404, bk_error_code: 1199019 };
    expect(await cmdb.put('/hosts/batch', { bk_biz_id: 1, bk_host_id, bk_os_name: 'bsd' })).toMatchObject(notFound);
    expect(await hostAt('10.0.6.1')).toMatchObject({ os_name: 'linux' });
    // Without a business a trusted app changes what its account has.
    expect(await cmdb.put('/hosts/batch', { bk_host_id, bk_os_name: 'bsd' })).toMatchObject({ data: 'success' });
    expect(await hostAt('10.0.6.3')).toMatchObject({ os_name: 'bsd' });
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });
    expect(await inA.put('/hosts/batch', { bk_host_id, bk_os_name: 'x' })).toMatchObject(notFound);
  });

  it.each([
    [{ bk_os_name: 'x' }, 1199010, "'bk_host_id' 未赋值"],
    [{ bk_host_id: '1,x', bk_os_name: 'x' }, 1199003, '输入参数无效'],
    [{ bk_host_id: [{}], bk_os_name: 'x' }, 1199009, "'bk_host_id' 参数必须是整型"],
    [{ bk_host_id: 1, bk_host_innerip: '10.0.0.9' }, 1199011, "'bk_host_innerip' 参数无效或不存在"],
    [{ bk_host_id: 1, bk_cloud_id: 0 }, 1199011, "'bk_cloud_id' 参数无效或不存在"],
    [{ bk_host_id: 1, create_time: 'now' }, 1199011, "'create_time' 参数无效或不存在"],
    [{ bk_host_id: 1, bk_comment: 5.5, bk_sn: [] }, 1199007, "'bk_sn' 必须为字符串类型"],
  ])('are not changed by %j', async (body, code, message) => {
    expect(await cmdb.put('/hosts/batch', body)).toMatchObject({ bk_error_code: code, bk_error_msg: message });
  });

  it('are deleted, and leave their modules', async () => {
    const [a, b] = await addHosts(gantry, cmdb, 1, '10.0.7.1', '10.0.7.2');
    const { idle } = await idleOf(cmdb, 1);

    expect(await cmdb.delete('/hosts/batch', { bk_biz_id: 1, bk_host_id: `${a},999999` })).toMatchObject({
      status: 404,
      bk_error_code: 1199019,
    });
    expect(await modulesOf(gantry, a!)).toEqual([idle]);
    expect(await cmdb.delete('/hosts/batch', { bk_biz_id: 1, bk_host_id: `${a},${b}` })).toMatchObject({
      status: 200,
      data: 'success',
    });

    expect(await modulesOf(gantry, a!)).toEqual([]);
    expect((await auditsOf(gantry, `host ${a}`)).at(-1)).toMatchObject({
      action: 'delete',
      detail: { before: { address: '10.0.7.1', modules: [idle] } },
    });
    expect(await cmdb.delete('/hosts/batch', { bk_biz_id: 1, bk_host_id: a })).toMatchObject({
      bk_error_code: 1199019,
    });
  });

  it('are for editors of their business, and those of the pool for trusted apps', async () => {
    const [host] = await addHosts(gantry, cmdb, 1, '10.0.8.1');
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'viewing', 'viewer'));
    const editor = new CmdbClient(gantry, await addCaller(gantry, 'editing', 'editor'));
    const forbidden = { status: 403, bk_error_code: 9900403 };
    const host_info = { '0': { bk_host_innerip: '10.0.8.2' } };
    const change = { bk_host_id: host, operator: 'x' };

    expect(await viewer.post('/hosts/add', { bk_biz_id: 1, host_info })).toMatchObject(forbidden);
    expect(await editor.post('/hosts/add', { host_info })).toMatchObject(forbidden);
    expect(await editor.post('/hosts/add', { bk_biz_id: 1, host_info })).toMatchObject({ status: 200 });
    expect(await viewer.put('/hosts/batch', { bk_biz_id: 1, ...change })).toMatchObject(forbidden);
    expect(await editor.put('/hosts/batch', change)).toMatchObject(forbidden);
    expect(await editor.put('/hosts/batch', { bk_biz_id: 1, ...change })).toMatchObject({ status: 200 });
    expect(await viewer.delete('/hosts/batch', { bk_biz_id: 1, bk_host_id: host })).toMatchObject(forbidden);
    expect(await editor.delete('/hosts/batch', { bk_host_id: host })).toMatchObject(forbidden);
    expect(await editor.delete('/hosts/batch', { bk_biz_id: 1, bk_host_id: host })).toMatchObject({ status: 200 });
  });

  async function projectOf(business: number): Promise<number | null> {
    const query = gantry.db.selectFrom('businesses').select('project_id').where('id', '=', business);
    return (await query.executeTakeFirstOrThrow()).project_id;
  }

  function hostAt(address: string) {
    return gantry.db
      .selectFrom('hosts')
      .selectAll()
      .where('address', '=', address)
      .where('supplier_account', '=', '0')
      .executeTakeFirstOrThrow();
  }
});
