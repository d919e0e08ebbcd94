import { signToken } from '../../access/token';
import { createApp } from '../../api/app';
import { addCaller, addPlainApp, PLAIN_APP, tokenOf } from '../support/callers';
import { ApiClient, authorization, CREDENTIALS } from '../support/client';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

const ESB = '/api/c/compapi/v2/sops';
const LINE = sketch({ chains: ['S a E'] });
const TRUSTED = { bk_app_code: CREDENTIALS.app_code, bk_app_secret: CREDENTIALS.app_secret };
const NOBODY = authorization({});

describe('who calls', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    await addCaller(gantry, 'alice', 'viewer');
  });

  afterAll(() => gantry.stop());

  const projectsAs = (credentials: object) =>
    gantry.send('GET', '/apigw/get_user_project_detail/1/', undefined, authorization(credentials));

  it('is the user of a token', async () => {
    const answer = await projectsAs({ ...PLAIN_APP, bk_token: await tokenOf(gantry, 'alice') });

    expect(answer).toMatchObject({ status: 200, result: true, data: { auth_actions: ['project_view'] } });
  });

  it('is not known by a token that has expired', async () => {
    const answer = await projectsAs({ ...PLAIN_APP, bk_token: await tokenOf(gantry, 'alice', -1) });

    expect(answer).toMatchObject({ status: 401, result: false, message: 'bk_token has expired' });
  });

  it.each([
    ['signed with another key', () => signToken('another key', { username: 'alice', expiresAt: 4e9 })],
    ['that is no token', () => 'xxx'],
    ['that is empty but for its points', () => '..'],
    ['that is a number', () => 7],
  ])('is not known by a token %s', async (_name, make) => {
    const answer = await projectsAs({ ...PLAIN_APP, bk_token: make() });

    expect(answer).toMatchObject({ status: 401, result: false, message: 'bk_token is not valid' });
  });

  it('is not known by a token whose user was changed', async () => {
    const [form, , signature] = (await tokenOf(gantry, 'alice')).split('.');
    const claims = Buffer.from(JSON.stringify(['admin', 4e9])).toString('base64url');

    const answer = await projectsAs({ ...PLAIN_APP, bk_token: `${form}.${claims}.${signature}` });

    expect(answer).toMatchObject({ status: 401, message: 'bk_token is not valid' });
  });

  describe('by a token alone', () => {
    const bearer = (token: string, more: Record<string, string> = {}) =>
      gantry.ask({
        method: 'GET',
        path: '/apigw/get_user_project_detail/1/',
        headers: { Authorization: `Bearer ${token}`, ...more },
      });

    it('is its user, through the built-in app, which is never trusted', async () => {
      const own = await bearer(await tokenOf(gantry, 'alice'));
      expect(own).toMatchObject({ status: 200 });
      expect(own.text).toContain('"auth_actions":["project_view"]');

      await gantry.db.updateTable('apps').set({ trusted: true }).where('code', '=', 'gantry').execute();
      await addCaller(gantry, 'nowhere', null);
      const other = await bearer(await tokenOf(gantry, 'nowhere'));
      await gantry.db.updateTable('apps').set({ trusted: false }).where('code', '=', 'gantry').execute();
      expect(other).toMatchObject({ status: 403 });
    });

    it.each([
      ['one that has expired', () => tokenOf(gantry, 'alice', -1), 'bk_token has expired'],
      ['one that is none', async () => 'xxx', 'bk_token is not valid'],
      ['one of nobody', () => tokenOf(gantry, 'nobody-here'), 'bk_token is of no known user: nobody-here'],
    ])('is not known by %s', async (_name, make, message) => {
      const answer = await bearer(await make());

      expect(answer).toMatchObject({ status: 401 });
      expect(answer.text).toContain(message);
    });

    it('cannot be had by sending the name of the built-in app', async () => {
      const answer = await projectsAs({ bk_app_code: 'gantry', bk_app_secret: '', bk_username: 'admin' });
      const guessed = await projectsAs({ bk_app_code: 'gantry', bk_app_secret: 'x', bk_username: 'admin' });

      expect([answer.status, guessed.status]).toEqual([401, 401]);
    });

    it('goes with an app that says who it is in its own header', async () => {
      const token = await tokenOf(gantry, 'alice');
      const right = await bearer(token, authorization(PLAIN_APP));
      const wrong = await bearer(token, authorization({ ...PLAIN_APP, bk_app_secret: 'wrong' }));

      expect([right.status, wrong.status]).toEqual([200, 401]);
    });
  });

  it('is not known by a token of another key than GANTRY_TOKEN_KEY, where that is set', async () => {
    const ofDatabase = await tokenOf(gantry, 'alice');
    process.env.GANTRY_TOKEN_KEY = 'a key of our own';
    try {
      expect(await projectsAs({ ...PLAIN_APP, bk_token: ofDatabase })).toMatchObject({ status: 401 });
      expect(await projectsAs({ ...PLAIN_APP, bk_token: await tokenOf(gantry, 'alice') })).toMatchObject({
        status: 200,
      });
    } finally {
      delete process.env.GANTRY_TOKEN_KEY;
    }
    expect(await projectsAs({ ...PLAIN_APP, bk_token: ofDatabase })).toMatchObject({ status: 200 });
  });

  it('is not known by the token of a user who is not there', async () => {
    const answer = await projectsAs({ ...PLAIN_APP, bk_token: await tokenOf(gantry, 'ghost') });

    expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('ghost') });
  });

  it('is nobody whom an app that is not trusted names', async () => {
    const answer = await projectsAs({ ...PLAIN_APP, bk_username: 'alice' });

    expect(answer).toMatchObject({
      status: 403,
      result: false,
      code: 3540100,
      message: 'app plain-app is not trusted to name its user by bk_username: send bk_token',
    });
  });

  it('is nobody when token and name differ', async () => {
    const answer = await projectsAs({ ...TRUSTED, bk_token: await tokenOf(gantry, 'alice'), bk_username: 'admin' });

    expect(answer).toMatchObject({ status: 401, message: 'bk_token and bk_username name two users' });
  });

  it('is whom a trusted app names, whatever else it sends as a token', async () => {
    expect(await projectsAs({ ...TRUSTED, bk_token: 'xxx', bk_username: 'alice' })).toMatchObject({ result: true });
  });

  it('is made where a trusted app names somebody new, and that is on record', async () => {
    expect(await projectsAs({ ...TRUSTED, bk_username: 'newcomer' })).toMatchObject({ result: true });
    expect(await projectsAs({ ...TRUSTED, bk_username: 'newcomer' })).toMatchObject({ result: true });

    const records = await gantry.db
      .selectFrom('audit_records')
      .select(['app_code', 'username', 'action'])
      .where('object', '=', 'user newcomer')
      .execute();
    expect(records).toEqual([{ app_code: CREDENTIALS.app_code, username: 'newcomer', action: 'create' }]);
  });

  it.each(['', '  ', 'two words', 'a\u0000b', '\ud800', 5, {}])(
    'is nobody when a trusted app names %j',
    async (name) => {
      const answer = await projectsAs({ ...TRUSTED, bk_username: name });

      expect(answer).toMatchObject({ status: 200, result: false, code: 3540000 });
      expect(answer.message).toContain('username');
    },
  );

  it.each(['null', '[]', '"x"', '5', '{', ''])('is nobody with the header %s', async (header) => {
    const answer = await gantry.post('/apigw/fast_create_task/1/', {}, { 'X-Bkapi-Authorization': header });

    expect(answer).toMatchObject({ status: 401, result: false, data: null });
  });

  it('comes before what the body says, and before the body is judged', async () => {
    const wrong = authorization({ ...TRUSTED, bk_app_secret: 'wrong', bk_username: 'admin' });

    expect(await gantry.post('/apigw/fast_create_task/1/', '{"name":', wrong)).toMatchObject({ status: 401 });
    expect(await gantry.post('/apigw/fast_create_task/1/', '{"name":', NOBODY)).toMatchObject({
      status: 401,
      message: 'bk_app_code is missing (invalid json format)',
    });
  });

  it('does not depend on how the credentials are sent', async () => {
    const credentials = { ...PLAIN_APP, bk_token: await tokenOf(gantry, 'alice') };
    const inQuery = new URLSearchParams({ ...credentials, bk_biz_id: '1' });

    const answers = [
      await gantry.send('GET', `${ESB}/get_user_project_detail/?${inQuery}`, undefined, NOBODY),
      await gantry.send('GET', `${ESB}/get_user_project_detail/?bk_biz_id=1`, undefined, authorization(credentials)),
    ];

    for (const answer of answers) expect(answer).toMatchObject({ status: 200, data: { project_id: 1 } });
  });

  it('may be told in the query of a POST', async () => {
    const query = new URLSearchParams({ ...TRUSTED, bk_username: 'admin', bk_biz_id: '1' });

    const answer = await gantry.post(`${ESB}/fast_create_task/?${query}`, { name: 'x', pipeline_tree: LINE }, NOBODY);

    expect(answer).toMatchObject({ status: 200, result: true });
  });

  it('may be told in a form, whose fields may be JSON', async () => {
    const form = new URLSearchParams({
      ...TRUSTED,
      bk_username: 'admin',
      bk_biz_id: '1',
      name: '7',
      has_common_subprocess: 'false',
      pipeline_tree: JSON.stringify(LINE),
    });
    const headers = { ...NOBODY, 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };

    const answer = await gantry.post(`${ESB}/fast_create_task/`, form.toString(), headers);

    expect(answer).toMatchObject({ status: 200, result: true });
    const detail = await gantry.get(`/apigw/get_task_detail/${answer.data.task_id}/1/`);
    expect(detail.data.name).toBe('7');
  });

  it('is asked of JSON that is called a form too', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };

    expect(await gantry.post('/apigw/fast_create_task/1/', { name: 'x', pipeline_tree: LINE }, headers)).toMatchObject({
      result: true,
    });
  });

  it('may send null for what may be missing, but not for what may not', async () => {
    const body = { name: 'x', pipeline_tree: LINE, description: null, category: null, rerun_limit: null, scope: null };

    expect(await gantry.post('/apigw/fast_create_task/1/', body)).toMatchObject({ result: true });
    expect(await gantry.post('/apigw/fast_create_task/1/', { ...body, name: null })).toMatchObject({
      code: 3540000,
      errors: [expect.objectContaining({ field: 'name' })],
    });
  });

  it('gets the headers of a GET by a HEAD', async () => {
    const headers = authorization({ ...TRUSTED, bk_username: 'admin' });
    const ask = (path: string, as = {}) => gantry.ask({ method: 'HEAD', path, headers: as });

    const known = await ask('/apigw/get_user_project_detail/1/', headers);
    const unknown = await ask('/apigw/get_user_project_detail/1/');
    const ofPost = await ask('/apigw/fast_create_task/1/', headers);

    expect([known.status, unknown.status, ofPost.status]).toEqual([200, 401, 405]);
    expect(known.text).toBe('');
  });
});

describe('what a caller may do', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
  });

  afterAll(() => gantry.stop());

  it('follows the role in the project', async () => {
    const viewer = await addCaller(gantry, 'vera', 'viewer');
    const operator = await addCaller(gantry, 'otto', 'operator');
    const task = { name: 'x', pipeline_tree: LINE };

    expect(await gantry.post('/apigw/fast_create_task/1/', task, viewer)).toMatchObject({
      status: 403,
      code: 3540100,
      message: 'vera is viewer of project 1: this needs the role operator',
    });
    expect(await gantry.post('/apigw/fast_create_task/1/', task, operator)).toMatchObject({ result: true });
  });

  it('ends with the role', async () => {
    const headers = await addCaller(gantry, 'eva', 'viewer');
    expect(await gantry.send('GET', '/apigw/get_plugin_list/1/', undefined, headers)).toMatchObject({ result: true });

    await gantry.post('/apigw/set_project_role/1/', { username: 'eva', role: null });

    expect(await gantry.send('GET', '/apigw/get_plugin_list/1/', undefined, headers)).toMatchObject({ status: 403 });
  });

  it('is not told whether a project exists in which it has no role', async () => {
    const headers = await addCaller(gantry, 'nora', null);
    const ask = (id: number) => gantry.send('GET', `/apigw/get_plugin_list/${id}/`, undefined, headers);

    const [there, missing] = [await ask(1), await ask(2)];

    expect(there).toMatchObject({ status: 403, code: 3540100 });
    expect({ ...missing, request_id: '', message: missing.message.replace('(2)', '(1)') }).toEqual({
      ...there,
      request_id: '',
    });
  });

  it('in another project, is nothing', async () => {
    const { data: other } = await gantry.post('/apigw/create_project/', { name: 'other' });
    const headers = await addCaller(gantry, 'olga', 'admin', other.project_id);

    expect(await gantry.send('GET', '/apigw/get_plugin_list/1/', undefined, headers)).toMatchObject({ status: 403 });
    expect(
      await gantry.send('GET', `/apigw/get_plugin_list/${other.project_id}/?scope=project`, undefined, headers),
    ).toMatchObject({ result: true });
  });
});

describe('the link to a task', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  it('leads to a task of the project, and nowhere else', async () => {
    const client = ApiClient.of(createApp({ services: gantry.services, temporalUiUrl: 'http://ui.test' }));
    const { task_id } = await gantry.create(LINE);
    const follow = (project: string | number, task: string | number) =>
      client.ask({ method: 'GET', path: `/taskflow/execute/${project}/?instance_id=${task}` });

    const found = await follow(1, task_id);
    const others = [
      await follow(2, task_id),
      await follow(1, task_id + 1),
      await follow('9'.repeat(20), '9'.repeat(12)),
    ];

    expect([found.status, found.headers.location]).toEqual([302, expect.stringContaining(`task-${task_id}`)]);
    expect(others.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await follow(1, 'x')).status).toBe(400);
  });
});
