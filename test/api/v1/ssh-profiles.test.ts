import { makeKeyPair } from '../../../bench/machines/key-pair';
import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { newPublicKey } from '../../support/ssh-inventory';
import { addBusiness, addSet, auditsOf, dataOf as dataOfCmdb } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('ssh profiles of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let cmdb: CmdbClient;
  let business: number;
  let modules: Record<string, number>;
  let foreign: { business: number; project: number; modules: Record<string, number>; credential: number; host: number };
  let addresses = 0;
  const own = '/projects/1';
  const path = `${own}/ssh-profiles`;
  const add = async (body: object, at = path) => dataOf(await v1.post(at, body));
  const addHost = async (body: object = {}, at = own) =>
    dataOf(await v1.post(`${at}/hosts`, { address: `10.8.${addresses++ >> 8}.${addresses & 255}`, ...body }))
      .id as number;
  const addCredential = async (at = own) =>
    dataOf(await v1.post(`${at}/credentials`, { name: `c${addresses++}`, kind: 'password', password: 'x' }))
      .id as number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    cmdb = new CmdbClient(gantry);
    business = dataOf(await v1.get('/projects')).items[0].business.id;
    ({ modules } = await addSet(cmdb, business, 'prod', 'gs', 'db'));
    const other = await addBusiness(cmdb, 'other');
    const { items } = dataOf(await v1.get('/projects'));
    const project = items.find((one: { business: { id: number } }) => one.business.id === other).id;
    const at = `/projects/${project}`;
    const set = await addSet(cmdb, other, 'prod', 'gs');
    foreign = { business: other, project, ...set, credential: await addCredential(at), host: await addHost({}, at) };
  });

  afterAll(() => gantry.stop());

  it('are made with what is said, and with defaults', async () => {
    const [credential_id, jump_host_id] = [await addCredential(), await addHost()];
    const said = {
      name: 'all',
      port: 2222,
      login_user: 'Ops_1',
      credential_id,
      jump_host_id,
      connect_timeout_ms: 5_000,
      run_folder: '/var/lib/gantry',
      host_key_policy: 'first_use',
      is_default: false,
      module_ids: [modules.gs],
    };
    const times = { created_at: expect.any(String), updated_at: expect.any(String) };

    const all = await add(said);
    const plain = await add({ name: 'plain' });

    expect(all).toEqual({ id: all.id, ...said, ...times });
    expect(plain).toEqual({
      id: plain.id,
      name: 'plain',
      port: 22,
      login_user: 'root',
      credential_id: null,
      jump_host_id: null,
      connect_timeout_ms: 10_000,
      run_folder: null,
      host_key_policy: 'strict',
      is_default: false,
      module_ids: [],
      ...times,
    });
    expect(dataOf(await v1.get(`${path}/${all.id}`))).toEqual(all);
    expect(await allOf(v1, path, 1)).toEqual([all, plain]);
    expect(await auditsOf(gantry, `ssh profile ${all.id}`)).toMatchObject([
      { action: 'create', project_id: 1, username: 'admin', detail: { after: { module_ids: [modules.gs] } } },
    ]);
    await v1.delete(`${path}/${plain.id}`);
    await v1.patch(`${path}/${all.id}`, { module_ids: [] });
  });

  it('change in what is sent alone', async () => {
    const { id, ...before } = await add({ name: 'changes', run_folder: '/opt/x', module_ids: [modules.db] });

    const changed = dataOf(await v1.patch(`${path}/${id}`, { port: 23, run_folder: null, module_ids: [modules.gs] }));

    const is = { port: 23, run_folder: null, module_ids: [modules.gs], updated_at: expect.any(String) };
    expect(changed).toEqual({ id, ...before, ...is });
    expect(dataOf(await v1.patch(`${path}/${id}`, {}))).toEqual(changed);
    expect(await auditsOf(gantry, `ssh profile ${id}`)).toMatchObject([
      { action: 'create' },
      { action: 'update', detail: { before: { port: 22 }, after: { port: 23 } } },
    ]);
    await v1.delete(`${path}/${id}`);
    await v1.patch(`${path}/${id}`, { module_ids: [] });
    expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 204 });
  });

  it.each<[object, number, string, string]>([
    [{}, 400, 'required', 'name'],
    [{ name: 'x', port: 0 }, 400, 'too_many', 'port'],
    [{ name: 'x', port: 65_536 }, 400, 'too_many', 'port'],
    [{ name: 'x', port: '22' }, 400, 'malformed', 'port'],
    [{ name: 'x', login_user: '' }, 400, 'malformed', 'login_user'],
    [{ name: 'x', login_user: '-oProxyCommand=x' }, 400, 'malformed', 'login_user'],
    [{ name: 'x', login_user: 'a b' }, 400, 'malformed', 'login_user'],
    [{ name: 'x', login_user: 'x'.repeat(33) }, 400, 'malformed', 'login_user'],
    [{ name: 'x', run_folder: 'relative' }, 400, 'malformed', 'run_folder'],
    [{ name: 'x', run_folder: '/a b' }, 400, 'malformed', 'run_folder'],
    [{ name: 'x', run_folder: '/a/../b' }, 400, 'malformed', 'run_folder'],
    [{ name: 'x', run_folder: '/a/$(id)' }, 400, 'malformed', 'run_folder'],
    [{ name: 'x', run_folder: '/' }, 400, 'malformed', 'run_folder'],
    [{ name: 'x', connect_timeout_ms: 10 }, 400, 'malformed', 'connect_timeout_ms'],
    [{ name: 'x', host_key_policy: 'none' }, 400, 'malformed', 'host_key_policy'],
    [{ name: 'x', cloud_ids: [0] }, 400, 'unknown', 'cloud_ids'],
    [{ name: 'x', credential_id: 999_999 }, 404, 'not_found', ''],
    [{ name: 'x', jump_host_id: 999_999 }, 404, 'not_found', ''],
    [{ name: 'x', module_ids: [999_999] }, 404, 'not_found', ''],
  ])('that are wrong are refused (%#)', async (body, status, code, field) => {
    const { error, ...answer } = await v1.post(path, body);

    expect(answer.status).toBe(status);
    if (status === 404) expect(error!.reason).toMatchObject({ code });
    else expect(error!.details.map((detail) => detail.field)).toEqual([field]);
  });

  it('are of what the project has alone', async () => {
    const { id } = await add({ name: 'own' });
    for (const given of [
      { credential_id: foreign.credential },
      { jump_host_id: foreign.host },
      { module_ids: [foreign.modules.gs] },
    ]) {
      expect(await v1.post(path, { name: 'foreign', ...given })).toMatchObject({ status: 404 });
      expect(await v1.patch(`${path}/${id}`, given)).toMatchObject({ status: 404 });
    }
    const theirs = `/projects/${foreign.project}`;
    expect(await v1.get(`${theirs}/ssh-profiles/${id}`)).toMatchObject({ status: 404 });
    expect(await v1.patch(`${theirs}/hosts/${foreign.host}`, { ssh_profile_id: id })).toMatchObject({ status: 404 });
    expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 204 });
  });

  it('have names of their own, and give way as the default one', async () => {
    const first = await add({ name: 'first', is_default: true });
    const second = await add({ name: 'second', is_default: true });

    expect(await v1.post(path, { name: 'first' })).toMatchObject({ status: 409 });
    expect(await v1.patch(`${path}/${first.id}`, { name: 'second' })).toMatchObject({ status: 409 });
    expect(dataOf(await v1.get(`${path}/${first.id}`))).toMatchObject({ is_default: false });
    expect(await auditsOf(gantry, `ssh profile ${first.id}`)).toMatchObject([
      { action: 'create' },
      { action: 'update', detail: { before: { is_default: true }, after: { is_default: false } } },
    ]);
    const answers = await Promise.all([1, 2, 3].map((n) => v1.post(path, { name: `at once ${n}`, is_default: true })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const defaults = (await allOf(v1, path)).filter(({ is_default }) => is_default);
    expect(defaults).toHaveLength(1);
    for (const { id } of [first, second, ...answers.map(({ data }) => data)]) await v1.delete(`${path}/${id}`);
  });

  it('take no module from another one without saying so', async () => {
    const { id } = await add({ name: 'has', module_ids: [modules.gs] });

    expect(await v1.post(path, { name: 'wants', module_ids: [modules.gs] })).toMatchObject({
      status: 409,
      error: { message: `module ${modules.gs} (gs) has ssh profile ${id}: take it from that first` },
    });
    await v1.patch(`${path}/${id}`, { module_ids: [] });
    const wants = await add({ name: 'wants', module_ids: [modules.gs] });
    for (const one of [id, wants.id]) await v1.patch(`${path}/${one}`, { module_ids: [] });
  });

  it('in use are not deleted, naming what is reached by them', async () => {
    const { id } = await add({ name: 'used', module_ids: [modules.db] });
    const host = await addHost({ name: 'uses it', ssh_profile_id: id });

    expect(await v1.delete(`${path}/${id}`)).toMatchObject({
      status: 409,
      error: {
        reason: { code: 'in_use' },
        message: `ssh profile ${id} (used) is in use: 1 hosts, host ${host} (uses it) among them and 1 modules are reached by it`,
      },
    });
    await v1.patch(`${own}/hosts/${host}`, { ssh_profile_id: null });
    expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 409 });
    await v1.patch(`${path}/${id}`, { module_ids: [] });
    expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 204 });
  });

  it('are given to hosts by admins alone; editors change everything else', async () => {
    const { id } = await add({ name: 'for hosts' });
    const editor = v1.with(await addCaller(gantry, 'ed', 'editor'));
    const admin = v1.with(await addCaller(gantry, 'ad', 'admin'));
    const host = dataOf(await editor.post(`${own}/hosts`, { address: '10.7.0.1' }));
    const at = `${own}/hosts/${host.id}`;

    for (const ssh_profile_id of [id, null]) {
      expect(await editor.patch(at, { ssh_profile_id })).toMatchObject({
        status: 403,
        error: { message: 'ed is editor of project 1: this needs the role admin' },
      });
      expect(await editor.post(`${own}/hosts`, { address: '10.7.0.2', ssh_profile_id })).toMatchObject({ status: 403 });
    }
    expect(host).toMatchObject({ ssh_profile_id: null, host_key_count: 0, facts: null });
    expect(dataOf(await admin.patch(at, { ssh_profile_id: id }))).toMatchObject({ ssh_profile_id: id });
    expect(dataOf(await editor.patch(at, { name: 'n' }))).toMatchObject({ name: 'n', ssh_profile_id: id });
    const made = dataOf(await admin.post(`${own}/hosts`, { address: '10.7.0.3', ssh_profile_id: id }));
    expect(made).toMatchObject({ ssh_profile_id: id });
    expect(await auditsOf(gantry, `host ${made.id}`)).toMatchObject([{ detail: { after: { ssh_profile_id: id } } }]);
    expect(dataOf(await admin.patch(at, { ssh_profile_id: null }))).toMatchObject({ ssh_profile_id: null });
    expect(await admin.patch(at, { ssh_profile_id: 999_999 })).toMatchObject({ status: 404 });
  });

  describe('of the installation', () => {
    const common = '/ssh-profiles';

    it('are given to clouds of an account, and may lead over any host', async () => {
      const key = { name: 'common', kind: 'private_key', private_key: makeKeyPair().private };
      const credential_id = dataOf(await v1.post('/credentials', key)).id;
      const cloud = dataOf(await v1.post('/clouds', { name: 'far' })).id;

      const made = await add({ name: 'far', credential_id, jump_host_id: foreign.host, cloud_ids: [0, cloud] }, common);

      expect(made).toMatchObject({ cloud_ids: [0, cloud], supplier_account: '0', jump_host_id: foreign.host });
      expect(made).not.toHaveProperty('module_ids');
      expect(dataOf(await v1.get(`${common}/${made.id}`))).toEqual(made);
      expect(await v1.post(common, { name: 'wants', cloud_ids: [cloud] })).toMatchObject({ status: 409 });
      expect(await v1.post(common, { name: 'x', cloud_ids: [999_999] })).toMatchObject({ status: 400 });
      expect(await v1.delete(`${common}/${made.id}`)).toMatchObject({
        status: 409,
        error: { message: `ssh profile ${made.id} (far) is in use: 2 clouds are reached by it` },
      });
      expect(dataOf(await v1.patch(`${common}/${made.id}`, { cloud_ids: [] }))).toMatchObject({
        cloud_ids: [],
        supplier_account: null,
      });
      expect(await v1.delete(`${common}/${made.id}`)).toMatchObject({ status: 204 });
    });

    it('are for trusted apps, and by no credential of a project', async () => {
      const made = await add({ name: 'seen' }, common);
      const admin = v1.with(await addCaller(gantry, 'ad', 'admin'));

      expect(await v1.post(common, { name: 'x', credential_id: foreign.credential })).toMatchObject({ status: 404 });
      expect(await v1.get(`${path}/${made.id}`)).toMatchObject({ status: 404 });
      expect(await v1.patch(`${own}/hosts/${await addHost()}`, { ssh_profile_id: made.id })).toMatchObject({
        status: 404,
      });
      expect(await admin.get(common)).toMatchObject({ status: 403 });
      expect(await admin.patch(`${common}/${made.id}`, { port: 23 })).toMatchObject({ status: 403 });
      expect(await allOf(v1, common)).toEqual([made]);
    });
  });

  describe('a host', () => {
    it('over which others are reached is neither deleted nor given away', async () => {
      const jump_host_id = await addHost({ name: 'gate' });
      const { id } = await add({ name: 'over gate', jump_host_id });
      const message = `host ${jump_host_id} (gate) is in use: it is the jump host of ssh profile ${id} (over gate)`;

      expect(await v1.delete(`${own}/hosts/${jump_host_id}`)).toMatchObject({
        status: 409,
        error: { message, reason: { code: 'in_use' } },
      });
      const given = { bk_biz_id: business, bk_host_id: [jump_host_id] };
      expect(await cmdb.post('/hosts/modules/resource', given)).toMatchObject({ result: false });
      expect(await v1.get(`${own}/hosts/${jump_host_id}`)).toMatchObject({ status: 200 });
      await v1.patch(`${path}/${id}`, { jump_host_id: null });
      expect(await v1.delete(`${own}/hosts/${jump_host_id}`)).toMatchObject({ status: 204 });
    });

    it('that leaves its project loses its profile, its keys and its facts, which the records tell', async () => {
      const { id } = await add({ name: 'left' });
      const host = await addHost({ ssh_profile_id: id, tags: ['t'] });
      const keys = [newPublicKey(), newPublicKey()];
      await v1.post(`${own}/hosts/trust`, { hosts: [{ host_id: host, keys }] });
      await gantry.db.insertInto('host_facts').values({ host_id: host, facts: '{"os": "Debian"}' }).execute();
      const before = dataOf(await v1.get(`${own}/hosts/${host}`));
      expect(before).toMatchObject({
        ssh_profile_id: id,
        host_key_count: 2,
        facts: { seen_at: expect.any(String), values: { os: 'Debian' } },
      });

      dataOfCmdb(await cmdb.post('/hosts/modules/resource', { bk_biz_id: business, bk_host_id: [host] }));
      const into = { bk_biz_id: foreign.business, bk_host_id: [host] };
      dataOfCmdb(await cmdb.post('/hosts/modules/resource/idle', into));

      const theirs = `/projects/${foreign.project}/hosts/${host}`;
      expect(dataOf(await v1.get(theirs))).toMatchObject({ ssh_profile_id: null, host_key_count: 0, facts: null });
      expect(dataOf(await v1.get(`${theirs}/keys`))).toEqual({ items: [] });
      const audits = await auditsOf(gantry, `host ${host}`);
      expect(audits.map(({ action }) => action)).toEqual([
        ...['create', 'trust', 'trust', 'revoke', 'revoke', 'transfer', 'transfer'],
      ]);
      expect(audits[5]).toMatchObject({ project_id: 1, detail: { before: { tags: ['t'], ssh_profile_id: id } } });
      expect(await v1.delete(`${path}/${id}`)).toMatchObject({ status: 204 });
    });
  });
});
