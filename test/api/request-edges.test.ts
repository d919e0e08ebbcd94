import { CREDENTIALS } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const ESB = '/api/c/compapi/v2/sops';
const CALLER = {
  bk_app_code: CREDENTIALS.app_code,
  bk_app_secret: CREDENTIALS.app_secret,
  bk_username: CREDENTIALS.username,
};
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const NO_HEADER = { 'X-Bkapi-Authorization': '' };

let gantry: Gantry;
let template: number;

beforeAll(async () => {
  gantry = await Gantry.create();
  const create = { pipeline_tree: sketch({ chains: ['S a E'] }), name: 'first' };
  template = (await gantry.post('/apigw/create_template/1/', create)).data.template_id;
  const update = { pipeline_tree: sketch({ chains: ['S a b E'] }), name: 'second' };
  await gantry.post(`/apigw/update_template/${template}/1/`, update);
});

afterAll(() => gantry.stop());

const templates = async () => (await gantry.get('/apigw/get_template_list/1/')).data.length;

describe('a POST without a body', () => {
  const version = () => `bk_biz_id=1&template_id=${template}&version=1`;

  it.each([
    ['nothing', '', {}],
    ['nothing, as a form', '', FORM],
    ['blanks', ' \r\n', {}],
  ])(
    'has its fields in the query at an ESB path that only reads, with %s as its body',
    async (_name, body, headers) => {
      const asked = await gantry.send('POST', `${ESB}/get_template_info/?${version()}`, body, headers);

      expect(asked).toEqual({
        ...(await gantry.get(`${ESB}/get_template_info/?${version()}`)),
        request_id: expect.anything(),
      });
      expect(asked.data).toMatchObject({ version: 1 });
    },
  );

  it('reads numbers, flags and lists of such a query as a GET does', async () => {
    const ask = (path: string) => gantry.send('POST', `${ESB}/${path}`, '');

    expect((await ask('get_task_list/?bk_biz_id=1&limit=abc')).message).toContain("'limit'");
    const { task_id } = await gantry.create(sketch({ chains: ['S a E'] }));
    expect(
      (await ask(`get_tasks_status/?bk_biz_id=1&task_id_list=7&task_id_list=${task_id}&include_children_status=false`))
        .data,
    ).toMatchObject([{ id: task_id }]);
    const excluding = `bk_biz_id=1&template_id=${template}&exclude_task_nodes_id=no-node`;
    expect((await ask(`preview_task_tree/?${excluding}`)).message).toContain('no-node');
  });

  it('takes its caller from there, too', async () => {
    const query = `${version()}&${new URLSearchParams(CALLER)}`;

    expect(await gantry.send('POST', `${ESB}/get_template_info/?${query}`, '', NO_HEADER)).toMatchObject({
      result: true,
      data: { version: 1 },
    });
  });

  it('has no fields but those of its place where something would be changed, or where there is a body', async () => {
    const before = await templates();
    const tree = encodeURIComponent(JSON.stringify(sketch({ chains: ['S a E'] })));

    expect(
      await gantry.send('POST', `${ESB}/create_template/?bk_biz_id=1&name=x&pipeline_tree=${tree}`, ''),
    ).toMatchObject({ result: false, message: expect.stringContaining('pipeline_tree is required') });
    expect((await gantry.send('POST', `${ESB}/get_template_info/?${version()}`, '{}')).data).toMatchObject({
      version: 2,
    });
    expect(await templates()).toBe(before);
  });
});

describe('a multipart body', () => {
  const form = (fields: Record<string, string>) =>
    `${Object.entries(fields)
      .map(([name, value]) => `--xx\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join('')}--xx--\r\n`;
  const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=xx' };
  const WORDS = 'multipart/form-data is not read: send a JSON object, or a form as application/x-www-form-urlencoded';

  it('is refused, saying what to send', async () => {
    const body = form({ bk_biz_id: '1', limit: '5' });

    expect(await gantry.send('POST', `${ESB}/get_task_list/?bk_biz_id=1`, body, MULTIPART)).toMatchObject({
      status: 200,
      result: false,
      code: 3540000,
      message: WORDS,
    });
  });

  it.each([
    ['small', 10],
    ['large', 100_000],
  ])('that has the credentials is refused the same: %s', async (_name, length) => {
    const body = form({ pad: 'x'.repeat(length), ...CALLER, bk_biz_id: '1' });

    expect(await gantry.send('POST', `${ESB}/get_task_list/`, body, { ...MULTIPART, ...NO_HEADER })).toMatchObject({
      status: 401,
      message: `bk_app_code is missing (${WORDS})`,
    });
  });

  it('in name only is the JSON that it is', async () => {
    const answer = await gantry.send('POST', `${ESB}/get_task_list/`, '{"bk_biz_id": 1}', MULTIPART);

    expect(answer).toMatchObject({ result: true });
  });
});

describe('an empty header of credentials', () => {
  it.each(['', '  '])('is none: %j', async (header) => {
    const empty = { 'X-Bkapi-Authorization': header };
    const body = JSON.stringify({ ...CALLER, bk_biz_id: 1 });

    expect(await gantry.send('POST', `${ESB}/get_task_list/`, body, empty)).toMatchObject({ result: true });
    expect(await gantry.send('POST', `${ESB}/get_task_list/`, '{"bk_biz_id": 1}', empty)).toMatchObject({
      status: 401,
      message: 'bk_app_code is missing',
    });
  });
});

describe('what is wrong in a query or a form', () => {
  it.each([
    ['get_task_list/?bk_biz_id=1&limit=abc', '\'limit\': "abc" is not a whole number from 0 to 2147483647'],
    ['get_task_list/?bk_biz_id=1&offset=-1', '\'offset\': "-1" is not a whole number from 0 to 2147483647'],
    ['get_task_list/?bk_biz_id=1&limit=1.5', '\'limit\': "1.5" is not a whole number'],
    ['get_task_list/?bk_biz_id=1&is_started=maybe', '\'is_started\': "maybe" is neither true nor false'],
    [
      'get_tasks_status/?bk_biz_id=1&task_id_list=1&include_children_status=maybe',
      '\'include_children_status\': "maybe" is not true or false',
    ],
    ['get_clocked_task_list/?bk_biz_id=1&id=abc', "'id': is not a whole number from 0 to 2147483647"],
  ])('is named with what is expected: %s', async (path, message) => {
    expect(await gantry.get(`${ESB}/${path}`)).toMatchObject({
      result: false,
      message: expect.stringContaining(message),
      errors: [{ field: expect.any(String) }],
    });
  });

  it('is named in a form as well', async () => {
    const ask = (path: string, fields: object) =>
      gantry.send('POST', `${ESB}/${path}/`, `${new URLSearchParams({ bk_biz_id: '1', ...fields })}`, FORM);

    expect((await ask('start_task', { task_id: '1', hold: 'x' })).message).toContain(
      '\'hold\': "x" is not true or false',
    );
    expect((await ask('create_project', { name: 'p', bk_biz_id: 'x' })).message).toContain('"x" is not a number');
  });
});

describe('a number that is not finite', () => {
  const refused = (field: string) => ({
    status: 200,
    result: false,
    code: 3540000,
    message: expect.stringContaining(`'${field}': is too large to be kept as a number`),
    errors: [{ field, message: expect.stringContaining('send it as a text') }],
  });
  /** A tree with a text where the number is to come. */
  const treeWith = (number: string) =>
    JSON.stringify(sketch({ chains: ['S a E'], constants: { x: { value: [{ deep: 'HERE' }] } } })).replace(
      '"HERE"',
      number,
    );
  const field = 'pipeline_tree.constants.${x}.value.0.deep';

  it.each(['1e400', '-1E400', '1.0e+0400', `${'1'.repeat(310)}.5`, `${'1'.repeat(250)}e99`])(
    'is refused deep inside a tree: %.20s',
    async (number) => {
      const body = `{"name": "x", "pipeline_tree": ${treeWith(number)}}`;

      expect(await gantry.post('/apigw/fast_create_task/1/', body)).toMatchObject(refused(field));
    },
  );

  it.each(['1e308', '1e-400', '"1e400"', '"99e999 and 1E1000"', '1'.repeat(310)])(
    'is another than %.20s',
    async (number) => {
      const body = `{"name": "x", "pipeline_tree": ${treeWith(number)}}`;

      expect(await gantry.post('/apigw/fast_create_task/1/', body)).toMatchObject({ result: true });
    },
  );

  it('is refused in a form, in a tree that is JSON text, and in the data of a callback', async () => {
    const form = `${new URLSearchParams({ bk_biz_id: '1', name: 'x', pipeline_tree: treeWith('1e400') })}`;
    const text = { pipeline_tree: treeWith('1e400'), name: 'x' };

    expect(await gantry.send('POST', `${ESB}/fast_create_task/`, form, FORM)).toMatchObject(refused(field));
    expect((await gantry.post('/apigw/create_template/1/', text)).message).toContain(`${field}: is too large`);
    const callback = '{"node_id": "n", "callback_data": {"bk": [1e400]}}';
    expect(await gantry.post('/apigw/node_callback/1/1/', callback)).toMatchObject(refused('callback_data.bk.0'));
  });

  it.each(['json', 'yaml', 'dat'])('is refused in a file: %s', async (format) => {
    const before = await templates();
    const file = `{"gantry_templates": 1, "templates": [{"name": "x", "pipeline_tree": ${treeWith('1e400')}}]}`;
    const dat = Buffer.from(`{"template_data": ${file}, "digest": "x"}`).toString('base64');

    const answer = await gantry.post('/apigw/import_project_template/1/', {
      template_data: format === 'dat' ? dat : file,
      format,
    });

    expect(answer).toMatchObject({
      result: false,
      code: 3540000,
      message: expect.stringContaining('templates.0.pipeline_tree.constants.${x}.value.0.deep: is too large'),
    });
    expect(await templates()).toBe(before);
  });
});
