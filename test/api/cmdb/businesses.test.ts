import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { insertSampleTask } from '../../support/sample-task';
import { addBusiness, addSet, auditsOf, dataOf, expectRefusal, idleOf, putHost } from '../../support/topology';
import { sketch } from '../../support/trees';

describe('businesses', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('are made with their project, whose admin is who makes them', async () => {
    const made = await cmdb.with({ BK_User: 'admin' }).post('/biz/0', {
      bk_biz_name: 'games',
      bk_biz_maintainer: 'ann,ben',
      life_cycle: 1,
      time_zone: 'Asia/Shanghai',
    });

    expect(made).toEqual({
      status: 200,
      result: true,
      bk_error_code: 0,
      bk_error_msg: 'success',
      data: {
        bk_biz_id: expect.any(Number),
        bk_biz_name: 'games',
        life_cycle: '1',
        bk_biz_maintainer: 'ann,ben',
        bk_biz_productor: '',
        bk_biz_developer: '',
        bk_biz_tester: '',
        operator: '',
        time_zone: 'Asia/Shanghai',
        language: '1',
        bk_supplier_account: '0',
        create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        last_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    });
    const id = made.data.bk_biz_id;
    const project = await gantry.db.selectFrom('projects').selectAll().where('bk_biz_id', '=', id).executeTakeFirst();
    expect(project).toMatchObject({ name: 'games', from_cmdb: true, time_zone: 'Asia/Shanghai', is_disabled: false });
    const roles = await gantry.db.selectFrom('project_roles').select(['username', 'role', 'project_id']).execute();
    expect(roles).toContainEqual({ username: 'admin', role: 'admin', project_id: project!.id });
    expect(await auditsOf(gantry, `business ${id}`)).toEqual([
      {
        action: 'create',
        username: 'admin',
        project_id: project!.id,
        detail: { after: expect.objectContaining({ id }) },
      },
    ]);
    // bk-sops finds it by the id of its business.
    expect(await gantry.get(`/apigw/get_task_list/${id}/?scope=cmdb_biz`)).toMatchObject({ result: true, data: [] });
    expect(dataOf(await cmdb.get(`/topo/internal/0/${id}`))).toMatchObject({ bk_set_name: '空闲机池' });
  });

  it('have a name that is theirs alone in their account', async () => {
    const id = await addBusiness(cmdb, 'shop');
    const other = await addBusiness(cmdb, 'shop 2');
    const before = await countProjects();

    const taken = { status: 400, code: 1199014 };
    await expectRefusal((one) => one.post('/biz/0', { bk_biz_name: 'shop' }), cmdb, {
      ...taken,
      zh: '数据唯一性校验失败， 业务名 重复',
      en: 'duplicated instances exist, business name duplicated',
    });
    expect(await cmdb.put(`/biz/0/${other}`, { bk_biz_name: 'shop' })).toMatchObject({ bk_error_code: 1199014 });
    expect(await countProjects()).toBe(before);
    expect(await addBusiness(cmdb, 'shop', 'other')).not.toBe(id);
  });

  it('of whom two are made at once under one name are one', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => cmdb.post('/biz/0', { bk_biz_name: 'race' })));

    expect(answers.map(({ bk_error_code }) => bk_error_code).sort()).toEqual([0, 1199014, 1199014, 1199014, 1199014]);
    const projects = await gantry.db.selectFrom('projects').select('id').where('name', '=', 'race').execute();
    expect(projects).toHaveLength(1);
  });

  it('change and get sets, modules and hosts at once, without refusing each other', async () => {
    const id = await addBusiness(cmdb, 'busy with itself');
    const { set } = await addSet(cmdb, id, 'first');

    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => [
        cmdb.put(`/biz/0/${id}`, { bk_biz_name: `busy ${n}`, time_zone: 'Asia/Shanghai' }),
        cmdb.post(`/set/${id}`, { bk_set_name: `set ${n}` }),
        cmdb.post(`/module/${id}/${set}`, { bk_module_name: `module ${n}` }),
        cmdb.post('/hosts/add', { bk_biz_id: id, host_info: { 0: { bk_host_innerip: `10.20.0.${n}` } } }),
      ]).flat(),
    );

    expect(answers.map(({ bk_error_code }) => bk_error_code)).toEqual(answers.map(() => 0));
    const [tree] = dataOf(await cmdb.get(`/topo/inst/0/${id}`));
    expect(tree.child).toHaveLength(8);
    const project = await gantry.db.selectFrom('projects').selectAll().where('bk_biz_id', '=', id).executeTakeFirst();
    expect(tree.bk_inst_name).toBe(project!.name);
  });

  it.each([
    [{}, 1199005, '输入内容为空'],
    [{ life_cycle: '1' }, 1199010, "'bk_biz_name' 未赋值"],
    [{ bk_biz_name: ' ' }, 1199010, "'bk_biz_name' 未赋值"],
    [{ bk_biz_name: ['x'] }, 1199007, "'bk_biz_name' 必须为字符串类型"],
    [{ bk_biz_name: 'x'.repeat(101) }, 1199015, "'bk_biz_name' 数据越界"],
    [{ bk_biz_name: 'x', life_cycle: '4' }, 1199034, "'life_cycle' 必须为枚举类型"],
    [{ bk_biz_name: 'x', time_zone: 'Mars/Phobos' }, 1199016, '字段正则校验失败'],
    [{ bk_biz_name: 'x', is_deleted: true }, 1199011, "'is_deleted' 参数无效或不存在"],
    [{ bk_biz_name: 'x', project_id: 1 }, 1199011, "'project_id' 参数无效或不存在"],
  ])('are refused when they are %j', async (body, code, message) => {
    const sent = Object.keys(body).length === 0 ? '' : body;

    expect(await cmdb.post('/biz/0', sent)).toMatchObject({ status: 400, bk_error_code: code, bk_error_msg: message });
  });

  it('are changed with the name and zone of their project', async () => {
    const id = await addBusiness(cmdb, 'old name');

    const changed = await cmdb.put(`/biz/0/${id}`, { bk_biz_name: 'new name', time_zone: 'UTC', operator: 'ann' });

    expect(changed).toMatchObject({ status: 200, data: 'success' });
    const project = await gantry.db.selectFrom('projects').selectAll().where('bk_biz_id', '=', id).executeTakeFirst();
    expect(project).toMatchObject({ name: 'new name', time_zone: 'UTC' });
    const [, update] = await auditsOf(gantry, `business ${id}`);
    expect(update).toMatchObject({
      action: 'update',
      detail: { before: { name: 'old name', operator: '' }, after: { name: 'new name', operator: 'ann' } },
    });
  });

  it('are deleted with all that is in them', async () => {
    const id = await addBusiness(cmdb, 'gone');
    await addSet(cmdb, id, 'web', 'nginx');
    const { bk_process_id } = dataOf(await cmdb.post(`/proc/0/${id}`, { bk_process_name: 'nginx' }));
    dataOf(await cmdb.put(`/proc/module/0/${id}/${bk_process_id}/nginx`));

    expect(await cmdb.delete(`/biz/0/${id}`)).toMatchObject({ status: 200, data: 'success' });

    for (const table of ['sets', 'modules', 'processes', 'process_bindings'] as const) {
      const rows = await gantry.db.selectFrom(table).select('business_id').where('business_id', '=', id).execute();
      expect(rows).toEqual([]);
    }
    const project = await gantry.db.selectFrom('projects').selectAll().where('bk_biz_id', '=', id).executeTakeFirst();
    expect(project).toMatchObject({ is_disabled: true });
    expect((await auditsOf(gantry, `business ${id}`)).at(-1)).toMatchObject({ action: 'delete' });
    expect(await cmdb.delete(`/biz/0/${id}`)).toMatchObject({ status: 404, bk_error_code: 1199019 });
    expect(await cmdb.get(`/topo/inst/0/${id}`)).toMatchObject({ status: 404, bk_error_code: 1199019 });
    expect(await addBusiness(cmdb, 'gone')).not.toBe(id);
  });

  it('are not deleted while they have hosts', async () => {
    const id = await addBusiness(cmdb, 'busy');
    const { idle } = await idleOf(cmdb, id);
    const host = await putHost(gantry, id, '10.9.9.1', idle);

    await expectRefusal((one) => one.delete(`/biz/0/${id}`), cmdb, {
      status: 400,
      code: 1101030,
      zh: '存在主机，不允许删除',
      en: 'There are hosts in it, it cannot be deleted',
    });

    expect(await idleOf(cmdb, id)).toMatchObject({ idle });
    await gantry.db.deleteFrom('hosts').where('id', '=', host).execute();
    dataOf(await cmdb.delete(`/biz/0/${id}`));
  });

  it('are not deleted with hosts that come at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await addBusiness(cmdb, `short-lived ${round}`);
      const host_info = { 0: { bk_host_innerip: `10.21.0.${round}` } };

      const [added, deleted] = await Promise.all([
        cmdb.post('/hosts/add', { bk_biz_id: id, host_info }),
        cmdb.delete(`/biz/0/${id}`),
      ]);

      expect([added.bk_error_code, deleted.bk_error_code]).toEqual(added.result ? [0, 1101030] : [1199019, 0]);
      const hosts = await gantry.db
        .selectFrom('hosts')
        .select('id')
        .where('address', '=', `10.21.0.${round}`)
        .execute();
      expect(hosts).toHaveLength(added.result ? 1 : 0);
    }
  });

  it('are not deleted while tasks of their project run, which are counted', async () => {
    const id = await addBusiness(cmdb, 'running');
    const { id: project } = await gantry.db
      .selectFrom('projects')
      .select('id')
      .where('bk_biz_id', '=', id)
      .executeTakeFirstOrThrow();
    const task_id = await insertSampleTask(gantry.db);
    const set = (phase: 'running' | 'ended') =>
      gantry.db.updateTable('tasks').set({ phase, project_id: project }).where('id', '=', task_id).execute();
    await set('running');

    const refused = await cmdb.delete(`/biz/0/${id}`);

    expect(refused).toMatchObject({ status: 400, bk_error_code: 1199003 });
    expect(refused.errors![0]!.message).toMatch(/^1 tasks of business/);
    await set('ended');
    dataOf(await cmdb.delete(`/biz/0/${id}`));
  });

  it('are not deleted while tasks of their project are scheduled, and are of use to bk-sops at once', async () => {
    const id = await addBusiness(cmdb, 'scheduled');
    const template = await gantry.post(`/apigw/create_template/${id}/`, {
      name: 'nightly',
      pipeline_tree: sketch({ chains: ['S a E'] }),
    });
    const periodic = await gantry.post(`/apigw/create_periodic_task/${template.data.template_id}/${id}/`, {
      name: 'nightly',
      cron: { month_of_year: '2', day_of_month: '28' },
    });
    const turn = (enabled: boolean) =>
      gantry.post(`/apigw/set_periodic_task_enabled/${periodic.data.id}/${id}/`, { enabled });
    expect(await turn(true)).toMatchObject({ result: true });

    const refused = await cmdb.delete(`/biz/0/${id}`);

    expect(refused).toMatchObject({ status: 400, bk_error_code: 1199003 });
    expect(refused.errors![0]!.message).toMatch(/^1 periodic or clocked tasks of business/);
    await turn(false);
    dataOf(await cmdb.delete(`/biz/0/${id}`));
  });

  it('are made and deleted by trusted apps, and changed by their admins', async () => {
    const id = await addBusiness(cmdb, 'roles');
    const { id: project } = await gantry.db
      .selectFrom('projects')
      .select('id')
      .where('bk_biz_id', '=', id)
      .executeTakeFirstOrThrow();
    const editor = new CmdbClient(gantry, await addCaller(gantry, 'biz-editor', 'editor', project));
    const admin = new CmdbClient(gantry, await addCaller(gantry, 'biz-admin', 'admin', project));
    const forbidden = { status: 403, bk_error_code: 9900403 };

    expect(await admin.post('/biz/0', { bk_biz_name: 'mine' })).toMatchObject(forbidden);
    expect(await admin.delete(`/biz/0/${id}`)).toMatchObject(forbidden);
    expect(await editor.put(`/biz/0/${id}`, { operator: 'x' })).toMatchObject(forbidden);
    expect(await admin.put(`/biz/0/${id}`, { operator: 'x' })).toMatchObject({ data: 'success' });
    expect(await admin.put('/biz/0/1', { operator: 'x' })).toMatchObject(forbidden);
  });

  it('of another account are not there', async () => {
    const id = await addBusiness(cmdb, 'apart', 'a');

    for (const path of [`/biz/0/${id}`, `/biz/b/${id}`]) {
      expect(await cmdb.put(path, { operator: 'x' })).toMatchObject({ status: 404, bk_error_code: 1199019 });
      expect(await cmdb.delete(path)).toMatchObject({ status: 404, bk_error_code: 1199019 });
    }
    expect(await cmdb.put(`/biz/a/${id}`, { operator: 'x' })).toMatchObject({ data: 'success' });
  });

  async function countProjects(): Promise<number> {
    const rows = await gantry.db.selectFrom('projects').select('id').execute();
    return rows.length;
  }
});
