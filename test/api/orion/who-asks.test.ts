import { createProject } from '../../../access/projects';
import { createApp } from '../../../api/app';
import { parseLegacy } from '../../../api/legacy';
import { addCaller, addPlainApp, PLAIN_APP, tokenOf } from '../../support/callers';
import { authorization, CREDENTIALS } from '../../support/client';
import { Gantry } from '../../support/gantry';
import { listen, send } from '../../support/http-server';
import { OrionClient } from '../../support/orion';

const APP = { bk_app_code: CREDENTIALS.app_code, bk_app_secret: CREDENTIALS.app_secret };
const NAMES_ROOT = { 'X-Bkapi-Authorization': '', Authorization: 'root' };

/** Who asks, and in which project (orion §0). */
describe('whoever asks Orion', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let other: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry, {});
    await addPlainApp(gantry);
    const asked = { name: 'other', bizId: null, timeZone: 'UTC' };
    const actor = { username: 'admin', appCode: 'test-app', source: 'api' };
    other = (await createProject(gantry.db, asked, actor)).id;
  });

  afterAll(() => gantry.stop());

  async function madeBy(name: string, headers: Record<string, string>) {
    const answer = await orion.with(headers).post('/cluster/create', { name });
    const audit = await gantry.db
      .selectFrom('audit_records')
      .select(['username', 'app_code', 'project_id'])
      .where('object', '=', `cluster ${answer.data}`)
      .executeTakeFirst();
    return { answer, audit };
  }

  it('is the user whom a trusted app names in Authorization, else root', async () => {
    const project = { 'X-Gantry-Project': '1' };
    const named = await madeBy('named', { ...authorization(APP), ...project, Authorization: 'zhang' });
    const nameless = await madeBy('nameless', { ...authorization(APP), ...project });

    expect(named.audit).toEqual({ username: 'zhang', app_code: APP.bk_app_code, project_id: 1 });
    expect(nameless.audit).toEqual({ username: 'root', app_code: APP.bk_app_code, project_id: 1 });
  });

  it('is nobody by a name alone, nor by that of an app that is not trusted', async () => {
    expect(await orion.with(NAMES_ROOT).get('/cluster/list')).toMatchObject({ status: 401, code: 401, data: {} });
    const untrusted = { ...authorization(PLAIN_APP), Authorization: 'admin' };
    expect(await orion.with(untrusted).get('/cluster/list')).toMatchObject({ status: 403, code: 403, data: {} });
  });

  it('is who has a token, in the only project that they have', async () => {
    await addCaller(gantry, 'li', 'editor', other);
    const { answer, audit } = await madeBy('of li', { Authorization: `Bearer ${await tokenOf(gantry, 'li')}` });

    expect(answer).toMatchObject({ code: 0 });
    expect(audit).toEqual({ username: 'li', app_code: 'gantry', project_id: other });
  });

  it('has to name a project where there are several, or none', async () => {
    const several = await orion.with(authorization(APP)).get('/cluster/list');
    const none = await orion.with(await addCaller(gantry, 'without', null)).get('/cluster/list');
    const wrong = await orion.with({ ...authorization(APP), 'X-Gantry-Project': 'x' }).get('/cluster/list');

    for (const answer of [several, none]) expect(answer).toMatchObject({ status: 400, code: 400 });
    expect(several.msg).toBe('root has more than one project: send the header X-Gantry-Project with the id of one');
    expect(none.msg).toBe('without has no project: send the header X-Gantry-Project with the id of one');
    expect(wrong).toMatchObject({ status: 400, msg: 'X-Gantry-Project is not the id of a project' });
  });

  describe('from an address that stands for an app', () => {
    let server: Awaited<ReturnType<typeof listen>>;

    beforeAll(async () => {
      const { services } = gantry;
      const orionLegacy = parseLegacy(`nobody@10.0.0.0/8=1, ${APP.bk_app_code}@127.0.0.0/8=${other}`);
      server = await listen(createApp({ services, orionLegacy }));
    });

    afterAll(() => server.close());

    async function ask(method: string, path: string, headers: Record<string, string>, body?: string) {
      const { status, text } = await send(server.port, { method, path, headers, ...(body ? { body } : {}) });
      return { status, ...JSON.parse(text) };
    }

    it('is in its project, as whom it names, also with the body of a GET', async () => {
      const body = '{"name":"old","desc":"by GET"}';
      const made = await ask('GET', '/cluster/create', { Authorization: 'wang' }, body);

      expect(made).toMatchObject({ status: 200, code: 0 });
      const row = await gantry.db.selectFrom('clusters').selectAll().where('id', '=', made.data).executeTakeFirst();
      expect(row).toMatchObject({ project_id: other, name: 'old', description: 'by GET' });
      const list = await ask('GET', '/cluster/list', {}, 'page=1&page_size=1');
      expect(list).toMatchObject({ code: 0, data: [{ name: 'old' }], page_size: 1 });
    });

    it('is in no other project', async () => {
      const answer = await ask('GET', '/cluster/list', { 'X-Gantry-Project': '1' });

      expect(answer).toMatchObject({ status: 403, msg: `your address stands for project ${other} alone` });
    });

    it('is nobody for other families', async () => {
      const v1 = await send(server.port, {
        method: 'GET',
        path: '/api/v1/projects',
        headers: { Authorization: 'wang' },
      });

      expect(v1.status).toBe(401);
    });

    it('is itself when it says who it is', async () => {
      const wrong = authorization({ ...APP, bk_app_secret: 'wrong' });
      expect(await ask('GET', '/cluster/list', wrong)).toMatchObject({ status: 401 });
      const named = await ask('GET', '/cluster/list?name=old', authorization(APP));
      expect(named).toMatchObject({ code: 0, query_count: 1 });
    });
  });

  it.each(['app', 'app@10.0.0.0/8', 'app@x=1', '@10.0.0.0/8=1', 'app@10.0.0.0/8=one'])('%s is no entry', (text) => {
    expect(() => parseLegacy(text)).toThrow();
  });
});
