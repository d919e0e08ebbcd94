import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addSet, auditsOf, dataOf, expectRefusal, idleOf, putHost } from '../../support/topology';

describe('modules', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;
  let set: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
    set = (await addSet(cmdb, 1, 'the set')).set;
  });

  afterAll(() => gantry.stop());

  it('are made in the set of the path, and answered with both names of their id', async () => {
    const made = await cmdb.post(`/module/1/${set}`, {
      bk_module_name: 'nginx',
      bk_parent_id: String(set),
      operator: 'ann',
    });

    expect(made.data).toEqual({
      id: made.data.bk_module_id,
      bk_module_id: expect.any(Number),
      bk_biz_id: 1,
      bk_parent_id: set,
      bk_set_id: set,
      bk_module_name: 'nginx',
      bk_module_type: '1',
      operator: 'ann',
      bk_bak_operator: '',
      default: 0,
      bk_supplier_account: '0',
      create_time: expect.any(String),
      last_time: expect.any(String),
    });
    expect(await auditsOf(gantry, `module ${made.data.bk_module_id}`)).toMatchObject([
      { action: 'create', project_id: 1, detail: { after: { name: 'nginx', set_id: set } } },
    ]);
  });

  it.each([
    ['', 1199005, '输入内容为空'],
    [{ operator: 'ann' }, 1199010, "'bk_module_name' 未赋值"],
    [{ bk_module_name: 'x', bk_parent_id: -5 }, 1199006, "'bk_parent_id' 数据参数校验不通过"],
    [{ bk_module_name: 'x', bk_module_type: '3' }, 1199034, "'bk_module_type' 必须为枚举类型"],
    [{ bk_module_name: 'x', bk_module_id: 3 }, 1199011, "'bk_module_id' 参数无效或不存在"],
    [{ bk_module_name: 'é'.repeat(257) }, 1199015, "'bk_module_name' 数据越界"],
  ])('are refused when they are %j', async (body, code, message) => {
    const answer = await cmdb.post(`/module/1/${set}`, body);

    expect(answer).toMatchObject({ status: 400, bk_error_code: code, bk_error_msg: message });
  });

  it('have a name that is theirs alone in their set, and count for each set in which they are', async () => {
    const other = await addSet(cmdb, 1, 'another set', 'shared');
    dataOf(await cmdb.post(`/module/1/${set}`, { bk_module_name: 'shared' }));
    const { bk_process_id } = dataOf(await cmdb.post('/proc/0/1', { bk_process_name: 'p' }));
    const numbers = async () => {
      const names = dataOf(await cmdb.get(`/proc/module/0/1/${bk_process_id}`));
      return names.find(({ bk_module_name }: { bk_module_name: string }) => bk_module_name === 'shared');
    };

    await expectRefusal((one) => one.post(`/module/1/${set}`, { bk_module_name: 'shared' }), cmdb, {
      status: 400,
      code: 1199014,
      zh: '数据唯一性校验失败， 业务ID,集群ID,模块名称 重复',
      en: 'duplicated instances exist, business id,set id,module name duplicated',
    });
    expect(await numbers()).toEqual({ bk_module_name: 'shared', set_num: 2, is_bind: 0 });
    dataOf(await cmdb.put(`/proc/module/0/1/${bk_process_id}/shared`));
    dataOf(await cmdb.put(`/module/1/${other.set}/${other.modules.shared}`, { bk_module_name: 'renamed' }));
    expect(await numbers()).toEqual({ bk_module_name: 'shared', set_num: 1, is_bind: 1 });
    const here = dataOf(await cmdb.post(`/module/1/${set}`, { bk_module_name: 'renamed' })).bk_module_id;
    expect(await cmdb.put(`/module/1/${set}/${here}`, { bk_module_name: 'shared' })).toMatchObject({
      bk_error_msg: '数据唯一性校验失败， 业务ID + 集群ID + 模块名称 重复',
    });
  });

  it('are changed and deleted, each with its record', async () => {
    const { bk_module_id } = dataOf(await cmdb.post(`/module/1/${set}`, { bk_module_name: 'short-lived' }));
    const path = `/module/1/${set}/${bk_module_id}`;

    expect(await cmdb.put(path, { bk_bak_operator: 'ben' })).toMatchObject({ status: 200, data: 'success' });
    expect(await cmdb.delete(path)).toMatchObject({ status: 200, data: 'success' });

    expect(await auditsOf(gantry, `module ${bk_module_id}`)).toMatchObject([
      { action: 'create' },
      { action: 'update', detail: { before: { backup_operator: '' }, after: { backup_operator: 'ben' } } },
      { action: 'delete', detail: { before: { backup_operator: 'ben' } } },
    ]);
    await expectRefusal((one) => one.delete(path), cmdb, {
      status: 404,
      code: 1101080,
      zh: '模块不存在',
      en: 'The module does not exist',
    });
    expect(await cmdb.put(path, { operator: 'x' })).toMatchObject({ status: 404, bk_error_code: 1101080 });
  });

  it('that have hosts are not deleted', async () => {
    const { bk_module_id } = dataOf(await cmdb.post(`/module/1/${set}`, { bk_module_name: 'full' }));
    await putHost(gantry, 1, '10.7.0.1', bk_module_id);

    const refused = await cmdb.delete(`/module/1/${set}/${bk_module_id}`);

    expect(refused).toMatchObject({ status: 400, bk_error_code: 1101030 });
    expect(refused.errors![0]!.message).toContain('has 1 hosts');
  });

  it('of idle hosts stay as they are, and get no company', async () => {
    const idle = await idleOf(cmdb, 1);
    const refused = { status: 400, bk_error_code: 1199003 };

    expect(await cmdb.post(`/module/1/${idle.set}`, { bk_module_name: 'x' })).toMatchObject(refused);
    expect(await cmdb.put(`/module/1/${idle.set}/${idle.idle}`, { bk_module_name: 'x' })).toMatchObject(refused);
    expect(await cmdb.delete(`/module/1/${idle.set}/${idle.fault}`)).toMatchObject(refused);
  });

  it('of another set, business or account are not there', async () => {
    const other = await addBusiness(cmdb, 'others');
    const theirs = await addSet(cmdb, other, 'theirs', 'nginx');
    const mine = await addSet(cmdb, 1, 'mine', 'nginx');
    const inA = cmdb.with({ HTTP_BLUEKING_SUPPLIER_ID: 'a' });

    for (const [client, path, code] of [
      [cmdb, `/module/1/${set}/${mine.modules.nginx}`, 1101080],
      [cmdb, `/module/1/${theirs.set}/${theirs.modules.nginx}`, 1199019],
      [cmdb, `/module/1/${mine.set}/${theirs.modules.nginx}`, 1101080],
      [cmdb, `/module/${other}/${mine.set}/${mine.modules.nginx}`, 1199019],
      [inA, `/module/1/${mine.set}/${mine.modules.nginx}`, 1199019],
    ] as const) {
      expect(await client.put(path, { operator: 'x' })).toMatchObject({ status: 404, bk_error_code: code });
      expect(await client.delete(path)).toMatchObject({ status: 404, bk_error_code: code });
    }
    const post = { bk_module_name: 'x' };
    expect(await cmdb.post(`/module/1/${theirs.set}`, post)).toMatchObject({ status: 404, bk_error_code: 1199019 });
    expect(await inA.post(`/module/1/${mine.set}`, post)).toMatchObject({ status: 404, bk_error_code: 1199019 });
  });

  it('are changed by editors', async () => {
    const viewer = new CmdbClient(gantry, await addCaller(gantry, 'module-viewer', 'viewer'));
    const editor = new CmdbClient(gantry, await addCaller(gantry, 'module-editor', 'editor'));
    const forbidden = { status: 403, bk_error_code: 9900403 };

    expect(await viewer.post(`/module/1/${set}`, { bk_module_name: 'e' })).toMatchObject(forbidden);
    const { bk_module_id } = dataOf(await editor.post(`/module/1/${set}`, { bk_module_name: 'e' }));
    const path = `/module/1/${set}/${bk_module_id}`;
    expect(await viewer.put(path, { operator: 'x' })).toMatchObject(forbidden);
    expect(await viewer.delete(path)).toMatchObject(forbidden);
    expect(await editor.delete(path)).toMatchObject({ data: 'success' });
  });
});
