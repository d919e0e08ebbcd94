import { sql } from 'kysely';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';

const ENGLISH = { HTTP_BLUEKING_LANGUAGE: 'en' };

/** Another API says why in words of its own: here it is the number that clients look for (cmdb §2). */
describe('errors of the CMDB family', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;
  let id: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    cmdb = new CmdbClient(gantry);
    const make = async (more: object) => (await cmdb.post('/proc/0/1', more)).data.bk_process_id;
    id = await make({ bk_process_name: 'first', bk_func_id: 'f1' });
    await make({ bk_process_name: 'second', bk_func_id: 'f2' });
  });

  afterAll(() => gantry.stop());

  const long = (length: number) => 'x'.repeat(length);
  const CASES: [string, string, string, unknown, number, number, string, string][] = [
    [
      'a body that is no JSON',
      'POST',
      '/proc/0/1',
      '{"a":',
      400,
      1199000,
      '反序列化JSON数据失败',
      'Deserializing JSON data failed',
    ],
    [
      'a body that is a list',
      'POST',
      '/proc/0/1',
      '[]',
      400,
      1199000,
      '反序列化JSON数据失败',
      'Deserializing JSON data failed',
    ],
    [
      'a body that nobody reads',
      'POST',
      '/proc/0/1',
      `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      400,
      1199004,
      '数据读取失败',
      'Data read failed',
    ],
    ['a business that is no integer', 'POST', '/proc/0/x', {}, 400, 1199003, '输入参数无效', 'invalid input parameter'],
    [
      'a process that is no integer',
      'DELETE',
      '/proc/0/1/1.5',
      undefined,
      400,
      1199003,
      '输入参数无效',
      'invalid input parameter',
    ],
    [
      'no integer at the modules',
      'GET',
      '/proc/module/0/1/x',
      undefined,
      400,
      1199009,
      "'bk_process_id' 参数必须是整型",
      "'bk_process_id' parameters must be integral",
    ],
    ['an empty body', 'POST', '/proc/0/1', '', 400, 1199005, '输入内容为空', 'The input is empty'],
    [
      'a name that is no text',
      'POST',
      '/proc/0/1',
      { bk_process_name: [] },
      400,
      1199007,
      "'bk_process_name' 必须为字符串类型",
      "'bk_process_name' must be a string type",
    ],
    [
      'a text for a number',
      'POST',
      '/proc/0/1',
      { bk_process_name: 'a', priority: 'x' },
      400,
      1199009,
      "'priority' 参数必须是整型",
      "'priority' parameters must be integral",
    ],
    ['no name', 'POST', '/proc/0/1', {}, 400, 1199010, "'bk_process_name' 未赋值", "'bk_process_name' unassigned"],
    [
      'an empty name',
      'PUT',
      '/proc/0/1/{id}',
      { bk_process_name: '' },
      400,
      1199010,
      "'bk_process_name' 未赋值",
      "'bk_process_name' unassigned",
    ],
    [
      'an unknown key',
      'POST',
      '/proc/0/1',
      { bk_process_name: 'a', colour: 1 },
      400,
      1199011,
      "'colour' 参数无效或不存在",
      "'colour' the parameter is invalid or does not exist",
    ],
    [
      'our own name of a property',
      'PUT',
      '/proc/0/1/{id}',
      { os_user: 'a' },
      400,
      1199011,
      "'os_user' 参数无效或不存在",
      "'os_user' the parameter is invalid or does not exist",
    ],
    [
      'an id that is changed',
      'PUT',
      '/proc/0/1/{id}',
      { bk_process_id: 9 },
      400,
      1199011,
      "'bk_process_id' 参数无效或不存在",
      "'bk_process_id' the parameter is invalid or does not exist",
    ],
    [
      'a time that is changed',
      'PUT',
      '/proc/0/1/{id}',
      { create_time: 'x' },
      400,
      1199011,
      "'create_time' 参数无效或不存在",
      "'create_time' the parameter is invalid or does not exist",
    ],
    [
      'a name that is taken',
      'POST',
      '/proc/0/1',
      { bk_process_name: 'second' },
      400,
      1199014,
      '数据唯一性校验失败， 业务ID,进程名称 重复',
      'duplicated instances exist, business id,process name duplicated',
    ],
    [
      'a name that is taken, later',
      'PUT',
      '/proc/0/1/{id}',
      { bk_process_name: 'second' },
      400,
      1199014,
      '数据唯一性校验失败， 业务ID + 进程名称 重复',
      'duplicated instances exist, business id + process name duplicated',
    ],
    [
      'a function that is taken',
      'POST',
      '/proc/0/1',
      { bk_process_name: 'a', bk_func_id: 'f2' },
      400,
      1199014,
      '数据唯一性校验失败， 业务ID,功能ID 重复',
      'duplicated instances exist, business id,function id duplicated',
    ],
    [
      'a text that is too long',
      'POST',
      '/proc/0/1',
      { bk_process_name: long(257) },
      400,
      1199015,
      "'bk_process_name' 数据越界",
      'Data out of bounds',
    ],
    [
      'a number that is too large',
      'PUT',
      '/proc/0/1/{id}',
      { proc_num: 10_001 },
      400,
      1199015,
      "'proc_num' 数据越界",
      'Data out of bounds',
    ],
    [
      'a port that is none',
      'PUT',
      '/proc/0/1/{id}',
      { port: '080' },
      400,
      1199016,
      '字段正则校验失败',
      'Field regular check failed',
    ],
    [
      'a process that is not there',
      'GET',
      '/proc/0/1/999999',
      undefined,
      404,
      1199019,
      '未找到相关数据',
      'No relevant data found',
    ],
    [
      'a business that is not there',
      'GET',
      '/proc/0/77/1',
      undefined,
      404,
      1199019,
      '未找到相关数据',
      'No relevant data found',
    ],
    [
      'an id beyond all',
      'GET',
      '/proc/0/99999999999/1',
      undefined,
      404,
      1199019,
      '未找到相关数据',
      'No relevant data found',
    ],
    [
      'what is neither true nor false',
      'PUT',
      '/proc/0/1/{id}',
      { auto_start: 'yes' },
      400,
      1199025,
      "'auto_start' 必须为布尔类型",
      "'auto_start' must be boolean",
    ],
    [
      'none of the choices',
      'PUT',
      '/proc/0/1/{id}',
      { protocol: '3' },
      400,
      1199034,
      "'protocol' 必须为枚举类型",
      "'protocol' data type should be enum",
    ],
    [
      'too many processes',
      'PUT',
      '/proc/0/1',
      { bk_process_id: Array.from({ length: 1_001 }, (_, at) => at), user: 'a' },
      400,
      1199035,
      ' bk_process_id 超过限制 1000',
      ' bk_process_id exceed the limit 1000',
    ],
    [
      'a batch of none',
      'PUT',
      '/proc/0/1',
      { bk_process_id: ' , ', user: 'a' },
      400,
      1199010,
      "'bk_process_id' 未赋值",
      "'bk_process_id' unassigned",
    ],
    [
      'a batch of words',
      'PUT',
      '/proc/0/1',
      { bk_process_id: '1,b', user: 'a' },
      400,
      1199003,
      '输入参数无效',
      'invalid input parameter',
    ],
    [
      'a batch of something else',
      'PUT',
      '/proc/0/1',
      { bk_process_id: { a: 1 }, user: 'a' },
      400,
      1108009,
      "'bk_process_id' 必须是以逗号分隔的进程ID",
      "'bk_process_id' must be process ids joined by commas",
    ],
    [
      'a batch of names',
      'PUT',
      '/proc/0/1',
      { bk_process_id: '1', bk_process_name: 'a' },
      400,
      1199011,
      "'bk_process_name' 参数无效或不存在",
      "'bk_process_name' the parameter is invalid or does not exist",
    ],
    [
      'a batch of functions',
      'PUT',
      '/proc/0/1',
      { bk_process_id: '1', bk_func_id: 'a' },
      400,
      1199011,
      "'bk_func_id' 参数无效或不存在",
      "'bk_func_id' the parameter is invalid or does not exist",
    ],
    [
      'a module that is not there',
      'PUT',
      '/proc/module/0/1/{id}/none',
      undefined,
      400,
      1199011,
      "'bk_module_name' 参数无效或不存在",
      "'bk_module_name' the parameter is invalid or does not exist",
    ],
    [
      'an idle module',
      'PUT',
      `/proc/module/0/1/{id}/${encodeURIComponent('空闲机')}`,
      undefined,
      400,
      1199011,
      "'bk_module_name' 参数无效或不存在",
      "'bk_module_name' the parameter is invalid or does not exist",
    ],
    [
      'another version',
      'GET',
      '/../v2/proc/0/1/1',
      undefined,
      404,
      1199019,
      '未找到相关数据',
      'No relevant data found',
    ],
    [
      'a path that is not there',
      'GET',
      '/nothing',
      undefined,
      404,
      1199019,
      '未找到相关数据',
      'No relevant data found',
    ],
    ['another method', 'POST', '/proc/module/0/1/1', {}, 405, 1199003, '输入参数无效', 'invalid input parameter'],
  ];

  it.each(CASES)('%s', async (_name, method, path, body, status, code, zh, en) => {
    const to = path.replace('{id}', String(id));
    const chinese = await cmdb.send(method, to, body);
    const english = await cmdb.with(ENGLISH).send(method, to, body);

    expect(chinese).toMatchObject({ status, result: false, bk_error_code: code, bk_error_msg: zh, data: null });
    expect(english).toMatchObject({ status, result: false, bk_error_code: code, bk_error_msg: en, data: null });
    expect(english.errors!.map(({ message }) => message)).toEqual([expect.stringMatching(/\w/)]);
  });

  it('keeps a process that is bound', async () => {
    const [set] = await gantry.db.insertInto('sets').values({ business_id: 1, name: 'web' }).returning('id').execute();
    await gantry.db.insertInto('modules').values({ business_id: 1, set_id: set!.id, name: 'nginx 1/2 % 中' }).execute();
    const path = `/proc/module/0/1/${id}/${encodeURIComponent('nginx 1/2 % 中')}`;

    expect(await cmdb.put(path)).toMatchObject({ status: 200, data: 'success' });
    expect(await cmdb.delete(`/proc/0/1/${id}`)).toMatchObject({
      status: 400,
      bk_error_code: 1108013,
      bk_error_msg: '进程下有绑定模块',
      errors: [{ message: expect.stringContaining('nginx 1/2 % 中') }],
    });
    expect(await cmdb.get(`/proc/module/0/1/${id}`)).toMatchObject({
      data: [{ bk_module_name: 'nginx 1/2 % 中', set_num: 1, is_bind: 1 }],
    });
    expect(await cmdb.delete(path)).toMatchObject({ status: 200, data: 'success' });
  });

  it('tells what the database did not do by what was asked for', async () => {
    const { db } = gantry;
    await sql`alter table processes rename to gone`.execute(db);
    await sql`alter table modules rename to gone_modules`.execute(db);
    try {
      const codes = await Promise.all([
        cmdb.post('/proc/0/1', { bk_process_name: 'a' }),
        cmdb.get(`/proc/0/1/${id}`),
        cmdb.put(`/proc/0/1/${id}`, { user: 'a' }),
        cmdb.put('/proc/0/1', { bk_process_id: '1', user: 'a' }),
        cmdb.delete(`/proc/0/1/${id}`),
        cmdb.post('/proc/search/0/1', {}),
        cmdb.get(`/proc/module/0/1/${id}`),
        cmdb.put(`/proc/module/0/1/${id}/a`),
        cmdb.delete(`/proc/module/0/1/${id}/a`),
      ]);

      expect(codes.map(({ status, bk_error_code }) => [status, bk_error_code])).toEqual(
        [1108008, 1108001, 1108005, 1108005, 1108007, 1108006, 1108004, 1108002, 1108003].map((code) => [500, code]),
      );
      expect(JSON.stringify(codes)).not.toMatch(/relation|select|gone/);
    } finally {
      await sql`alter table gone rename to processes`.execute(db);
      await sql`alter table gone_modules rename to modules`.execute(db);
    }
  });
});
