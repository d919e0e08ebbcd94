import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addSet, auditsOf, dataOf, expectRefusal, idleOf, putHost } from '../../support/topology';

describe('sets', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('are made in the business of the path', async () => {
    const made = await cmdb.post('/set/1', {
      bk_set_name: 'web',
      bk_parent_id: 1,
      bk_supplier_account: '0',
      default: 0,
      bk_set_env: '2',
      bk_capacity: 10,
    });

    expect(made.data).toEqual({
      bk_parent_id: 1,
      bk_biz_id: 1,
      bk_set_id: expect.any(Number),
      bk_set_name: 'web',
      bk_set_desc: '',
      bk_set_env: '2',
      bk_service_status: '1',
      bk_capacity: 10,
      description: '',
      default: 0,
      bk_supplier_account: '0',
      create_time: expect.any(String),
      last_time: expect.any(String),
    });
    expect(await auditsOf(gantry, `set ${made.data.bk_set_id}`)).toEqual([
      {
        action: 'create',
        username: 'admin',
        project_id: 1,
        detail: { after: expect.objectContaining({ name: 'web' }) },
      },
    ]);
    expect(await cmdb.post('/set/1', { bk_set_name: 'db' })).toMatchObject({ data: { bk_parent_id: 1 } });
  });

  it.each([
    ['', 1199005, '输入内容为空'],
    [{ bk_set_env: '1' }, 1199010, "'bk_set_name' 未赋值"],
    [{ bk_set_name: 's', bk_parent_id: 2 }, 1199006, "'bk_parent_id' 数据参数校验不通过"],
    [{ bk_set_name: 's', default: 1 }, 1199006, "'default' 数据参数校验不通过"],
    [{ bk_set_name: 's', bk_set_env: '9' }, 1199034, "'bk_set_env' 必须为枚举类型"],
    [{ bk_set_name: 's', bk_capacity: 'many' }, 1199009, "'bk_capacity' 参数必须是整型"],
    [{ bk_set_name: 's', bk_capacity: 0 }, 1199015, "'bk_capacity' 数据越界"],
    [{ bk_set_name: 's', bk_set_id: 5 }, 1199011, "'bk_set_id' 参数无效或不存在"],
    [{ bk_set_name: 's', colour: 'red' }, 1199011, "'colour' 参数无效或不存在"],
  ])('are refused when they are %j', async (body, code, message) => {
    expect(await cmdb.post('/set/1', body)).toMatchObject({ status: 400, bk_error_code: code, bk_error_msg: message });
  });

  it('have a name that is theirs alone in their business', async () => {
    const { set } = await addSet(cmdb, 1, 'one');
    await addSet(cmdb, 1, 'two');
    const elsewhere = await addBusiness(cmdb, 'names');

    await expectRefusal((one) => one.post('/set/1', { bk_set_name: 'two' }), cmdb, {
      status: 400,
      code: 1199014,
      zh: '数据唯一性校验失败， 业务ID,集群名称 重复',
      en: 'duplicated instances exist, business id,set name duplicated',
    });
    await expectRefusal((one) => one.put(`/set/1/${set}`, { bk_set_name: 'two' }), cmdb, {
      status: 400,
      code: 1199014,
      zh: '数据唯一性校验失败， 业务ID + 集群名称 重复',
      en: 'duplicated instances exist, business id + set name duplicated',
    });
    await addSet(cmdb, elsewhere, 'two');
  });

  it('are changed by what is sent', async () => {
    const { set } = await addSet(cmdb, 1, 'to change');

    expect(await cmdb.put(`/set/1/${set}`, { bk_set_name: 'changed', bk_service_status: '2' })).toMatchObject({
      status: 200,
      data: 'success',
    });

    expect((await auditsOf(gantry, `set ${set}`)).at(-1)).toMatchObject({
      action: 'update',
      detail: { before: { name: 'to change', service_status: '1' }, after: { name: 'changed', service_status: '2' } },
    });
    expect(await cmdb.put(`/set/1/${set}`, { bk_parent_id: 7 })).toMatchObject({ bk_error_code: 1199006 });
    expect(await cmdb.put('/set/1/999999', { bk_set_name: 'x' })).toMatchObject({
      status: 404,
      bk_error_code: 1199019,
    });
    expect(await cmdb.put('/set/1/web', { bk_set_name: 'x' })).toMatchObject({ status: 400, bk_error_code: 1199003 });
  });

  it('are deleted with their modules, and what processes are bound to stays', async () => {
    const { set } = await addSet(cmdb, 1, 'to delete', 'left-behind');
    const { bk_process_id } = dataOf(await cmdb.post('/proc/0/1', { bk_process_name: 'bound' }));
    dataOf(await cmdb.put(`/proc/module/0/1/${bk_process_id}/left-behind`));

    expect(await cmdb.delete(`/set/1/${set}`)).toMatchObject({ status: 200, data: 'success' });

    expect((await auditsOf(gantry, `set ${set}`)).at(-1)).toMatchObject({
      action: 'delete',
      detail: { before: { name: 'to delete', modules: [{ name: 'left-behind' }] } },
    });
    const bound = dataOf(await cmdb.get(`/proc/module/0/1/${bk_process_id}`));
    expect(bound).toContainEqual({ bk_module_name: 'left-behind', set_num: 0, is_bind: 1 });
    expect(await cmdb.delete(`/set/1/${set}`)).toMatchObject({ status: 404, bk_error_code: 1199019 });
  });

  it('are deleted together: all of them or none', async () => {
    const sets = [];
    for (const name of ['b1', 'b2', 'b3']) sets.push(await addSet(cmdb, 1, name, 'nginx'));
    const ids = sets.map(({ set }) => set);
    await putHost(gantry, 1, '10.8.0.1', sets[2]!.modules.nginx!);

    await expectRefusal((one) => one.delete('/set/1/batch', { delete: { inst_ids: ids } }), cmdb, {
      status: 400,
      code: 1101030,
      zh: '存在主机，不允许删除',
      en: 'There are hosts in it, it cannot be deleted',
    });
    expect(await cmdb.delete('/set/1/batch', { delete: { inst_ids: [ids[0], 999_999] } })).toMatchObject({
      status: 404,
      bk_error_code: 1199019,
    });
    expect(await setsOf(1)).toEqual(expect.arrayContaining(ids));

    expect(await cmdb.delete('/set/1/batch', { delete: { inst_ids: ids.slice(0, 2) } })).toMatchObject({
      status: 200,
      data: 'success',
    });
    expect(await setsOf(1)).not.toEqual(expect.arrayContaining([ids[0]]));
    expect(await cmdb.delete(`/set/1/${ids[2]}`)).toMatchObject({ bk_error_code: 1101030 });
  });

  it.each([
    ['', 1199005],
    [{}, 1199010],
    [{ delete: {} }, 1199010],
    [{ delete: { inst_ids: [] } }, 1199010],
    [{ delete: { inst_ids: ['x'] } }, 1199003],
    [{ delete: { inst_ids: [1.5] } }, 1199009],
    [{ delete: { inst_ids: Array.from({ length: 1001 }, (_, index) => index + 1) } }, 1199035],
  ])('that are to be deleted together are ids in a list', async (body, code) => {
    expect(await cmdb.delete('/set/1/batch', body)).toMatchObject({ status: 400, bk_error_code: code });
  });

  it('of idle modules stay as they are', async () => {
    const { set } = await idleOf(cmdb, 1);

    await expectRefusal((one) => one.put(`/set/1/${set}`, { bk_set_name: 'mine' }), cmdb, {
      status: 400,
      code: 1199003,
      zh: '输入参数无效',
      en: 'invalid input parameter',
    });
    expect(await cmdb.delete(`/set/1/${set}`)).toMatchObject({ bk_error_code: 1199003 });
    expect(await cmdb.delete('/set/1/batch', { delete: { inst_ids: [set] } })).toMatchObject({
      bk_error_code: 1199003,
    });
    expect(await idleOf(cmdb, 1)).toMatchObject({ set });
  });

  it('of another business or account are not there', async () => {
    const other = await addBusiness(cmdb, 'others', 'a');
    const { set } = await addSet(cmdb, 1, 'mine', 'nginx');
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });
    const notFound = { status: 404, bk_error_code: 1199019 };

    for (const [client, path] of [
      [inA, `/set/${other}/${set}`],
      [inA, `/set/1/${set}`],
      [cmdb, `/set/${other}/${set}`],
    ] as const) {
      expect(await client.put(path, { bk_set_name: 'stolen' })).toMatchObject(notFound);
      expect(await client.delete(path)).toMatchObject(notFound);
    }
    expect(await inA.delete(`/set/${other}/batch`, { delete: { inst_ids: [set] } })).toMatchObject(notFound);
    expect(await inA.post('/set/1', { bk_set_name: 'x' })).toMatchObject(notFound);
    expect(await inA.post(`/set/${other}`, { bk_set_name: 'x' })).toMatchObject({ data: { bk_supplier_account: 'a' } });
    expect(await cmdb.put(`/set/1/${set}`, { bk_set_name: 'still mine' })).toMatchObject({ data: 'success' });
  });

  it('are changed by editors', async () => {
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'set-viewer', 'viewer'));
    const editor = new CmdbClient(gantry, await addCaller(gantry, 'set-editor', 'editor'));

    expect(await viewer.post('/set/1', { bk_set_name: 'v' })).toMatchObject({ status: 403, bk_error_code: 9900403 });
    const { bk_set_id } = dataOf(await editor.post('/set/1', { bk_set_name: 'v' }));
    expect(await viewer.delete(`/set/1/${bk_set_id}`)).toMatchObject({ status: 403 });
    expect(await editor.delete(`/set/1/${bk_set_id}`)).toMatchObject({ data: 'success' });
  });

  async function setsOf(business: number): Promise<number[]> {
    const [root] = dataOf(await cmdb.get(`/topo/inst/0/${business}`));
    return root.child.map(({ bk_inst_id }: { bk_inst_id: number }) => bk_inst_id);
  }
});
