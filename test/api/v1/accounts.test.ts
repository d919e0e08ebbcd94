import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { addSshProject } from '../../support/ssh-inventory';
import { auditsOf } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('accounts of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  const path = '/projects/1/accounts';
  const add = async (body: object) => dataOf(await v1.post(path, body));

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
  });

  afterAll(() => gantry.stop());

  it('are made with what is said, shown, and changed in what is sent alone', async () => {
    const credential_id = dataOf(
      await v1.post('/projects/1/credentials', { name: 'c', kind: 'password', password: 'x' }),
    ).id;
    const said = {
      alias: '应用',
      host_tag: 'prod',
      login_user: 'svc$',
      credential_id,
      become_user: 'app',
      min_role: 'admin',
    };

    const made = await add(said);
    const plain = await add({ alias: 'plain', login_user: 'app' });
    const changed = dataOf(await v1.patch(`${path}/${plain.id}`, { become_user: 'www-data', min_role: 'editor' }));

    expect(made).toEqual({ id: made.id, ...said, created_at: expect.any(String), updated_at: expect.any(String) });
    expect(dataOf(await v1.get(`${path}/${made.id}`))).toEqual(made);
    expect(plain).toMatchObject({ host_tag: null, credential_id: null, become_user: null, min_role: 'operator' });
    const is = { become_user: 'www-data', min_role: 'editor', updated_at: expect.any(String) };
    expect(changed).toEqual({ ...plain, ...is });
    expect(await allOf(v1, path, 1)).toEqual([made, changed]);
    expect(await auditsOf(gantry, `account ${plain.id}`)).toMatchObject([
      { action: 'create', project_id: 1, username: 'admin', detail: { after: { alias: 'plain' } } },
      { action: 'update', detail: { before: { min_role: 'operator' }, after: { min_role: 'editor' } } },
    ]);
    expect(await v1.delete(`${path}/${plain.id}`)).toMatchObject({ status: 204 });
    expect(await v1.get(`${path}/${plain.id}`)).toMatchObject({ status: 404 });
    expect(await auditsOf(gantry, `account ${plain.id}`)).toHaveLength(3);
  });

  it.each([
    [{ login_user: 'root' }, 'editor'],
    [{ login_user: 'app', become_user: 'root' }, 'editor'],
    [{ login_user: 'root', become_user: 'app' }, 'editor'],
    [{ login_user: 'app', become_user: 'www' }, 'operator'],
    [{ login_user: 'root', min_role: 'operator' }, 'operator'],
  ])("are operators' where nothing else is said, and editors' where they are root's (%j)", async (body, min_role) => {
    const { id, ...made } = await add({ alias: 'role', ...body });
    await v1.delete(`${path}/${id}`);

    expect(made).toMatchObject({ min_role });
  });

  it.each<[object, number, string]>([
    [{ login_user: 'a' }, 400, 'alias'],
    [{ alias: 'a' }, 400, 'login_user'],
    [{ alias: 'a b', login_user: 'a' }, 400, 'alias'],
    [{ alias: 'a\u200bb', login_user: 'a' }, 400, 'alias'],
    [{ alias: 'a'.repeat(65), login_user: 'a' }, 400, 'alias'],
    [{ alias: 'a', login_user: '1a' }, 400, 'login_user'],
    [{ alias: 'a', login_user: 'a', become_user: 'b c' }, 400, 'become_user'],
    [{ alias: 'a', login_user: 'a', become_user: 'svc$' }, 400, 'become_user'],
    [{ alias: 'a', login_user: 'a', become_user: '-u' }, 400, 'become_user'],
    [{ alias: 'a', login_user: 'a', become_password: 'x' }, 400, 'become_password'],
    [{ alias: 'a', login_user: 'a', host_tag: 'a,b' }, 400, 'host_tag'],
    [{ alias: 'a', login_user: 'a', host_tag: ' ' }, 400, 'host_tag'],
    [{ alias: 'a', login_user: 'a', min_role: 'viewer' }, 400, 'min_role'],
    [{ alias: 'a', login_user: 'a', credential_id: 999_999 }, 404, ''],
  ])('that are wrong are refused (%#)', async (body, status, field) => {
    const { error, ...answer } = await v1.post(path, body);

    expect(answer.status).toBe(status);
    if (status === 400) expect(error!.details.map((detail) => detail.field)).toEqual([field]);
    expect(await allOf(v1, path)).toHaveLength(1);
  });

  it('have one alias for the same hosts', async () => {
    const all = await add({ alias: 'same', login_user: 'a' });
    const tagged = await add({ alias: 'same', login_user: 'a', host_tag: 'x' });

    const taken = { status: 409, error: { reason: { code: 'duplicate', args: { name: 'alias' } } } };
    expect(await v1.post(path, { alias: 'same', login_user: 'b' })).toMatchObject(taken);
    expect(await v1.post(path, { alias: 'same', login_user: 'b', host_tag: 'x' })).toMatchObject(taken);
    expect(await v1.patch(`${path}/${tagged.id}`, { host_tag: null })).toMatchObject(taken);
    for (const { id } of [all, tagged]) await v1.delete(`${path}/${id}`);
  });

  it('are by credentials of the project alone', async () => {
    const other = await addSshProject(gantry.db);
    const credential_id = await other.credential();
    const { id } = await add({ alias: 'own', login_user: 'a' });

    expect(await v1.post(path, { alias: 'x', login_user: 'a', credential_id })).toMatchObject({ status: 404 });
    expect(await v1.patch(`${path}/${id}`, { credential_id })).toMatchObject({ status: 404 });
    await v1.delete(`${path}/${id}`);
  });

  it('are read by operators, and neither read nor written by viewers', async () => {
    const viewer = v1.with(await addCaller(gantry, 'vi', 'viewer'));
    const operator = v1.with(await addCaller(gantry, 'op', 'operator'));

    expect(await viewer.get(path)).toMatchObject({ status: 403 });
    expect(await operator.get(path)).toMatchObject({ status: 200 });
    expect(await operator.post(path, { alias: 'x', login_user: 'a' })).toMatchObject({ status: 403 });
  });

  it('are made once for an Idempotency-Key', async () => {
    const keyed = v1.with({ 'Idempotency-Key': 'account' });
    const body = { alias: 'once', login_user: 'a' };

    const answers = await Promise.all([1, 2, 3].map(() => keyed.post(path, body)));

    expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it('are 500 at most', async () => {
    const { projectId } = await addSshProject(gantry.db);
    const row = { project_id: projectId, login_user: 'a' };
    await gantry.db
      .insertInto('accounts')
      .values(Array.from({ length: 500 }, (_, n) => ({ ...row, alias: `n${n}` })))
      .execute();

    expect(await v1.post(`/projects/${projectId}/accounts`, { alias: 'x', login_user: 'a' })).toMatchObject({
      status: 409,
      error: { message: 'this project has 500 accounts: 500 are possible at most' },
    });
  });
});
