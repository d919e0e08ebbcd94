import { createProject } from '../../../access/projects';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';

/** What the document of the API sends. */
const NGINX = {
  bk_process_name: 'nginx',
  port: 80,
  bind_ip: '1',
  protocol: '1',
  bk_func_name: 'nginx',
  work_path: '/data/cc/running',
  user: 'cc',
};

const ACTOR = { username: 'test', appCode: 'test', source: 'api' };
const OTHER = 20;

interface Detail {
  bk_property_id: string;
  bk_property_name: string;
  bk_property_value: unknown;
}

describe('processes', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;
  let names = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    cmdb = new CmdbClient(gantry);
    await createProject(gantry.db, { name: 'other', bizId: OTHER, timeZone: 'UTC' }, ACTOR);
  });

  afterAll(() => gantry.stop());

  /** A process with a name of its own. */
  async function make(more: object = {}, business = 1): Promise<number> {
    names += 1;
    const { data } = await cmdb.post(`/proc/0/${business}`, { ...NGINX, bk_process_name: `nginx ${names}`, ...more });
    return data.bk_process_id;
  }

  async function detailOf(id: number, business = 1): Promise<Record<string, unknown>> {
    const { data } = await cmdb.get(`/proc/0/${business}/${id}`);
    return Object.fromEntries(data.map((one: Detail) => [one.bk_property_id, one.bk_property_value]));
  }

  /** What was written down of a process, oldest first. */
  function auditOf(id: number) {
    return gantry.db
      .selectFrom('audit_records')
      .select(['action', 'username', 'project_id', 'detail'])
      .where('object', '=', `process ${id}`)
      .orderBy('id')
      .execute();
  }

  it('are made by what the document sends, and answer with their id', async () => {
    expect(await cmdb.post('/proc/0/1', NGINX)).toEqual({
      status: 200,
      result: true,
      bk_error_code: 0,
      bk_error_msg: 'success',
      data: { bk_process_id: expect.any(Number) },
    });
  });

  it('tell all their properties in order, with names in the language of the request', async () => {
    const id = await make();

    const chinese: Detail[] = (await cmdb.get(`/proc/0/1/${id}`)).data;
    const english: Detail[] = (await cmdb.with({ HTTP_BLUEKING_LANGUAGE: 'en' }).get(`/proc/0/1/${id}`)).data;

    expect(chinese.map((one) => [one.bk_property_id, one.bk_property_name, one.bk_property_value])).toEqual([
      ['bk_biz_id', '业务ID', 1],
      ['bk_process_name', '进程名称', `nginx ${names}`],
      ['description', '进程描述', ''],
      ['bind_ip', '绑定IP', '1'],
      ['port', '端口', '80'],
      ['protocol', '协议', '1'],
      ['bk_func_id', '功能ID', ''],
      ['bk_func_name', '功能名称', 'nginx'],
      ['work_path', '工作路径', '/data/cc/running'],
      ['user', '启动用户', 'cc'],
      ['proc_num', '启动数量', null],
      ['priority', '启动优先级', null],
      ['timeout', '操作超时时长', null],
      ['start_cmd', '启动命令', ''],
      ['stop_cmd', '停止命令', ''],
      ['restart_cmd', '重启命令', ''],
      ['face_stop_cmd', '强制停止命令', ''],
      ['reload_cmd', '进程重载命令', ''],
      ['pid_file', 'PID文件路径', ''],
      ['auto_start', '是否自动拉起', false],
      ['auto_time_gap', '拉起间隔', null],
      ['bk_start_param_regex', '启动参数匹配规则', ''],
    ]);
    expect(english.slice(0, 3).map((one) => one.bk_property_name)).toEqual([
      'business id',
      'process name',
      'description',
    ]);
  });

  it('take numbers for texts, texts for numbers, and nothing for what is not needed', async () => {
    const id = await make({ bind_ip: 2, protocol: 2, bk_func_id: 17, proc_num: '3', priority: null, description: '' });

    expect(await detailOf(id)).toMatchObject({
      bind_ip: '2',
      protocol: '2',
      bk_func_id: '17',
      proc_num: 3,
      priority: null,
      description: '',
    });
    // What belongs to the path is the path's, whatever a body says.
    const elsewhere = await make({ bk_biz_id: OTHER, bk_supplier_account: '9' });
    expect(await detailOf(elsewhere)).toMatchObject({ bk_biz_id: 1 });
  });

  it.each([
    ['8080', true],
    ['8080-8089', true],
    ['8080-8089,8199', true],
    ['1,65535', true],
    ['9-9', true],
    ['0', false],
    ['080', false],
    ['65536', false],
    ['9-8', false],
    ['80, 81', false],
    ['80,', false],
    ['80-', false],
    ['-80', false],
    ['80-81-82', false],
    ['８０', false],
  ])('have the ports %s: %s', async (port, isTaken) => {
    names += 1;
    const { bk_error_code } = await cmdb.post('/proc/0/1', { bk_process_name: `port ${names}`, port });

    expect(bk_error_code).toBe(isTaken ? 0 : 1199016);
  });

  it('change by what is sent alone, and that is written down', async () => {
    const id = await make({ user: 'before' });

    expect(await cmdb.put(`/proc/0/1/${id}`, { user: 'after' })).toMatchObject({ result: true, data: 'success' });

    expect(await detailOf(id)).toMatchObject({ user: 'after', port: '80', bk_process_name: `nginx ${names}` });
    const [, change] = await auditOf(id);
    expect(change).toMatchObject({
      action: 'update',
      username: 'admin',
      project_id: 1,
      detail: { before: { os_user: 'before' }, after: { os_user: 'after' } },
    });
    // The name that it has is not taken by another one.
    expect(await cmdb.put(`/proc/0/1/${id}`, { bk_process_name: `nginx ${names}` })).toMatchObject({ result: true });
    expect(await cmdb.put(`/proc/0/1/${id}`, {})).toMatchObject({ result: true });
  });

  it('have names of their own in a business, and may share them with another one', async () => {
    const id = await make({ bk_process_name: 'shared', bk_func_id: 'f' });
    const elsewhere = await make({ bk_process_name: 'shared', bk_func_id: 'f' }, OTHER);

    expect([await detailOf(id), await detailOf(elsewhere, OTHER)]).toMatchObject([
      { bk_process_name: 'shared', bk_biz_id: 1 },
      { bk_process_name: 'shared', bk_biz_id: OTHER },
    ]);
    const made = await Promise.all([1, 2, 3].map(() => cmdb.post('/proc/0/1', { bk_process_name: 'at once' })));
    expect(made.map(({ bk_error_code }) => bk_error_code).sort()).toEqual([0, 1199014, 1199014]);
  });

  it('change together, all or none', async () => {
    const ids = [await make(), await make(), await make()];
    const foreign = await make({}, OTHER);
    const users = () => Promise.all(ids.map(async (id) => (await detailOf(id)).user));
    const batch = (bk_process_id: unknown, more: object) => cmdb.put('/proc/0/1', { bk_process_id, ...more });

    const done = await batch(` ${ids[0]}, ${ids[1]},${ids[0]},`, { user: 'both', port: '1000' });
    expect(done).toMatchObject({ result: true, data: 'success' });
    expect(await users()).toEqual(['both', 'both', 'cc']);
    expect((await auditOf(ids[1]!)).at(-1)).toMatchObject({
      detail: { before: { port: '80' }, after: { port: '1000' } },
    });

    expect(await batch(ids, { user: 'list' })).toMatchObject({ result: true });
    expect(await batch(ids[2], { user: 'one' })).toMatchObject({ result: true });
    expect(await users()).toEqual(['list', 'list', 'one']);

    expect(await batch(ids.concat(foreign).join(), { user: 'none' })).toMatchObject({ bk_error_code: 1199019 });
    expect(await batch(ids.concat(999_999).join(), { user: 'none' })).toMatchObject({ bk_error_code: 1199019 });
    expect(await batch(ids.join(), { user: 'none', port: 'x' })).toMatchObject({ bk_error_code: 1199016 });
    expect(await batch(ids.join(), { user: 'none', bk_process_name: 'x' })).toMatchObject({ bk_error_code: 1199011 });
    expect(await users()).toEqual(['list', 'list', 'one']);
    expect(await detailOf(foreign, OTHER)).toMatchObject({ user: 'cc' });
  });

  it('are found by what the document sends', async () => {
    const made = [await make({ bk_process_name: 'seek nginx 1' }), await make({ bk_process_name: 'seek nginx 2' })];
    await make({ bk_process_name: 'seek nginx 3' }, OTHER);

    const { data } = await cmdb.post('/proc/search/0/1', {
      page: { start: 0, limit: 10, sort: 'bk_process_name' },
      fields: ['bk_process_id', 'bk_process_name'],
      condition: { bk_biz_id: '12233', bk_process_name: 'seek nginx' },
    });

    expect(data).toEqual({
      count: 2,
      info: made.map((id, at) => ({ bk_process_id: id, bk_process_name: `seek nginx ${at + 1}` })),
    });
    const { data: whole } = await cmdb.post('/proc/search/0/1', { condition: { bk_process_id: made[0] } });
    expect(whole.info).toEqual([
      {
        ...(await detailOf(made[0]!)),
        bk_process_id: made[0],
        bk_supplier_account: '0',
        create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        last_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    ]);
    for (const empty of [{}, { condition: null, page: null, fields: null }]) {
      const { data: all } = await cmdb.post('/proc/search/0/1', empty);
      expect(all.count).toBeGreaterThan(10);
      expect(all.info).toHaveLength(Math.min(20, all.count));
    }
  });

  it('are gone when they are deleted', async () => {
    const id = await make();

    expect(await cmdb.delete(`/proc/0/1/${id}`)).toMatchObject({ status: 200, data: 'success' });

    for (const again of [
      cmdb.get(`/proc/0/1/${id}`),
      cmdb.delete(`/proc/0/1/${id}`),
      cmdb.put(`/proc/0/1/${id}`, {}),
    ]) {
      expect(await again).toMatchObject({ status: 404, bk_error_code: 1199019 });
    }
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['create', 'delete']);
  });

  describe('are bound to modules by name', () => {
    const listed = async (id: number) => (await cmdb.get(`/proc/module/0/1/${id}`)).data;
    const bind = (id: number, name: string) => cmdb.put(`/proc/module/0/1/${id}/${encodeURIComponent(name)}`, {});
    const unbind = (id: number, name: string) => cmdb.delete(`/proc/module/0/1/${id}/${encodeURIComponent(name)}`);

    beforeAll(async () => {
      for (const [set, modules] of Object.entries({ east: ['db', 'gs'], west: ['db', '网关 a/b'], idle: [] })) {
        const made = await gantry.db
          .insertInto('sets')
          .values({ business_id: 1, name: set })
          .returning('id')
          .executeTakeFirstOrThrow();
        for (const name of modules) {
          await gantry.db.insertInto('modules').values({ business_id: 1, set_id: made.id, name }).execute();
        }
      }
    });

    it('whose sets are counted', async () => {
      const id = await make();

      expect(await listed(id)).toEqual([
        { bk_module_name: 'db', set_num: 2, is_bind: 0 },
        { bk_module_name: 'gs', set_num: 1, is_bind: 0 },
        { bk_module_name: '网关 a/b', set_num: 1, is_bind: 0 },
      ]);
      for (const name of ['db', '网关 a/b', 'db']) expect(await bind(id, name)).toMatchObject({ data: 'success' });
      expect(await listed(id)).toMatchObject([{ is_bind: 1 }, { is_bind: 0 }, { is_bind: 1 }]);
      // Bound again, nothing is done.
      const texts = (await auditOf(id)).slice(1).map(({ detail }) => (detail as { text: string }).text);
      expect(texts).toEqual(['bind module [db]', 'bind module [网关 a/b]']);
    });

    it('and stay bound to a name that no module has any more, so that it can be taken away', async () => {
      const id = await make();
      await bind(id, 'gs');
      await gantry.db.updateTable('modules').set({ name: 'game' }).where('name', '=', 'gs').execute();

      expect(await listed(id)).toEqual([
        { bk_module_name: 'db', set_num: 2, is_bind: 0 },
        { bk_module_name: 'game', set_num: 1, is_bind: 0 },
        { bk_module_name: 'gs', set_num: 0, is_bind: 1 },
        { bk_module_name: '网关 a/b', set_num: 1, is_bind: 0 },
      ]);
      expect(await bind(await make(), 'gs')).toMatchObject({ bk_error_code: 1199011 });
      expect(await cmdb.delete(`/proc/0/1/${id}`)).toMatchObject({ status: 400, bk_error_code: 1108013 });
      for (let turn = 0; turn < 2; turn++) expect(await unbind(id, 'gs')).toMatchObject({ data: 'success' });
      expect(await cmdb.delete(`/proc/0/1/${id}`)).toMatchObject({ data: 'success' });
    });

    it('only of their own business', async () => {
      const foreign = await make({}, OTHER);

      expect(await cmdb.get(`/proc/module/0/${OTHER}/${foreign}`)).toMatchObject({ data: [] });
      expect(await cmdb.put(`/proc/module/0/${OTHER}/${foreign}/db`)).toMatchObject({ bk_error_code: 1199011 });
      for (const answer of [
        await listed(foreign),
        (await bind(foreign, 'db')).data,
        (await unbind(foreign, 'db')).data,
      ]) {
        expect(answer).toBeNull();
      }
    });
  });
});
