import { addApp } from '../../cli/add-app';
import { addProject } from '../../cli/add-project';
import { grant } from '../../cli/grant';
import { printToken } from '../../cli/token';
import { authorization } from '../support/client';
import { Gantry } from '../support/gantry';

describe('the administration at the command line', () => {
  let gantry: Gantry;
  const outer = process.env.DATABASE_URL;

  beforeAll(async () => {
    gantry = await Gantry.create();
    process.env.DATABASE_URL = gantry.databaseUrl;
  });

  afterAll(async () => {
    if (outer === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = outer;
    await gantry.stop();
  });

  afterEach(() => jest.restoreAllMocks());

  /** What a command prints. */
  async function printed(command: Promise<number>): Promise<string> {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await command).toBe(0);
    const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
    write.mockRestore();
    return text.trim();
  }

  const credentialsOf = (text: string) => {
    const { app_code, app_secret, ...more } = JSON.parse(text);
    return { credentials: { bk_app_code: app_code, bk_app_secret: app_secret }, more };
  };

  const listAs = (credentials: object) =>
    gantry.send('GET', '/apigw/get_user_project_list/', undefined, authorization(credentials));

  it('makes an app, a project, a member of it and a token, with which the API is called', async () => {
    const { credentials, more } = credentialsOf(await printed(addApp(['portal'])));
    const project = JSON.parse(await printed(addProject(['shop', '--biz', '77', '--zone', 'Asia/Tokyo'])));
    await printed(grant(['alice', String(project.project_id), 'operator']));
    const bk_token = await printed(printToken(['alice', '--hours', '2']));

    expect(more).toEqual({ trusted: false });
    expect(await listAs({ ...credentials, bk_token })).toMatchObject({
      result: true,
      data: [{ project_id: project.project_id, bk_biz_id: 77, name: 'shop' }],
    });
    expect(await listAs({ ...credentials, bk_username: 'alice' })).toMatchObject({ status: 403 });
    const records = await gantry.db
      .selectFrom('audit_records')
      .select(['action', 'object'])
      .where('source', '=', 'cli')
      .orderBy('id')
      .execute();
    expect(records.map(({ action, object }) => `${action} ${object}`)).toEqual([
      'update app portal',
      `create project ${project.project_id}`,
      'create user alice',
      'update role of alice',
      'create token of alice',
    ]);
  });

  it('makes an app with a user as one that may name its users', async () => {
    const { credentials, more } = credentialsOf(await printed(addApp(['deploy', 'bob'])));

    expect(more).toEqual({ username: 'bob', trusted: true });
    expect(await listAs({ ...credentials, bk_username: 'bob' })).toMatchObject({ result: true });
  });

  it('gives an app a new secret, and takes trust and leaves limits', async () => {
    const before = credentialsOf(await printed(addApp(['old', '--trusted', '--rate', '5', '--max-body', '9000'])));
    const after = credentialsOf(await printed(addApp(['old'])));

    expect([before.more, after.more]).toEqual([{ trusted: true }, { trusted: false }]);
    expect(await listAs({ ...before.credentials, bk_username: 'bob' })).toMatchObject({ status: 401 });
    expect(await listAs({ ...after.credentials, bk_username: 'bob' })).toMatchObject({ status: 403 });
    const app = await gantry.db.selectFrom('apps').selectAll().where('code', '=', 'old').executeTakeFirstOrThrow();
    expect(app).toMatchObject({ trusted: false, requests_per_second: 5, max_body_bytes: 9000 });
  });

  it('takes a role', async () => {
    await printed(grant(['carl', '1', 'viewer']));
    await printed(grant(['carl', '1', 'none']));

    const roles = await gantry.db.selectFrom('project_roles').selectAll().where('username', '=', 'carl').execute();
    expect(roles).toEqual([]);
  });

  it.each([
    ['add-app', addApp, [], 'CODE'],
    ['add-app', addApp, ['a', 'b', 'c'], 'CODE'],
    ['add-app', addApp, ['a', '--rate', 'x'], '--rate'],
    ['add-project', addProject, [], 'NAME'],
    ['add-project', addProject, ['x', '--biz', '1'], 'bk_biz_id 1'],
    ['add-project', addProject, ['x', '--zone', 'Mars/Phobos'], 'Mars/Phobos'],
    ['grant', grant, ['a', '1'], 'ROLE'],
    ['grant', grant, ['a', '1', 'owner'], 'owner'],
    ['grant', grant, ['a', 'x', 'viewer'], 'PROJECT'],
    ['grant', grant, ['a', '99', 'viewer'], 'project 99'],
    ['token', printToken, [], 'USER'],
    ['token', printToken, ['ghost'], 'ghost'],
    ['token', printToken, ['admin', '--hours', '0'], '--hours'],
  ] as const)('says what is wrong with gantry %s (%#)', async (_name, command, args, word) => {
    await expect(command([...args])).rejects.toThrow(word);
  });
});
