import { fingerprintOf } from '../../../hosts/ssh/host-keys';
import { newKey } from '../../hosts/ssh/keys';
import { PASSWORD, TestServer, USER } from '../../hosts/ssh/server';
import { makeWorld, type World } from '../../support/cmdb-world';
import { Gantry } from '../../support/gantry';
import { dataOf, V1Client } from '../../support/v1';

describe('a host that is reached, by the API alone', () => {
  let gantry: Gantry;
  let server: TestServer;
  let v1: V1Client;
  let world: World;

  beforeAll(async () => {
    gantry = await Gantry.create();
    server = await TestServer.listen();
    v1 = new V1Client(gantry);
    world = await makeWorld(gantry, { account: '0', mark: 'own', address: '127.0.0.1' });
    await gantry.startWorker({}, '127.0.0.1');
  });

  afterAll(async () => {
    await gantry.stop();
    await server.close();
  });

  const at = (path: string) => `/projects/${world.project}${path}`;
  const make = async (path: string, body: object) => dataOf(await v1.post(path, body)).id as number;
  const test = async (more: object = {}) =>
    dataOf(await v1.post(at('/hosts/test'), { host_ids: [world.host], ...more })).hosts[0];

  it('has a profile, shows its key, is trusted, and lets us in', async () => {
    const bare = await test();
    const credential_id = await make(at('/credentials'), { name: 'c', kind: 'password', password: PASSWORD });
    const profile = { name: 'p', port: server.port, login_user: USER, credential_id, is_default: true };
    await make(at('/ssh-profiles'), profile);
    const unknown = await test();
    const scanned = dataOf(await v1.post(at('/hosts/scan-keys'), { host_ids: [world.host] })).hosts[0];
    const keys = scanned.keys.map(({ type, key }: { type: string; key: string }) => ({ type, key }));
    await v1.post(at('/hosts/trust'), { hosts: [{ host_id: world.host, keys }], source: 'scan' });

    expect(bare).toMatchObject({ problem: 'invalid', message: expect.stringContaining('has no ssh profile') });
    expect(unknown).toMatchObject({ problem: 'host_key_unknown' });
    expect(scanned.keys).toMatchObject([{ fingerprint: fingerprintOf(server.knownKeys[0]!), is_trusted: false }]);
    expect(await test()).toMatchObject({ ok: true });
  });

  it('is let in to by the secret that its credential has now', async () => {
    const { items } = dataOf(await v1.get(at('/credentials')));
    const change = (password: string) => v1.patch(at(`/credentials/${items[0].id}`), { password });

    await change('another one');
    const before = await test();
    await change(PASSWORD);

    expect(before).toMatchObject({ ok: false, problem: 'auth' });
    expect(await test()).toMatchObject({ ok: true });
  });

  it('is reached as an account says, with the private key of that', async () => {
    const private_key = server.userKey.privateKey;
    const credential_id = await make(at('/credentials'), { name: 'k', kind: 'private_key', private_key });
    await make(at('/accounts'), { alias: 'deploy', login_user: USER, credential_id });
    await make(at('/accounts'), { alias: 'other', login_user: 'somebody', credential_id });
    const logins = server.logins.length;

    const [deploy, other] = [await test({ account: 'deploy' }), await test({ account: 'other' })];

    expect(deploy).toMatchObject({ ok: true });
    expect(other).toMatchObject({ ok: false, problem: 'auth', message: expect.stringContaining('somebody') });
    expect(new Set(server.logins.slice(logins))).toEqual(new Set(['publickey']));
  });

  it('is reached by what is common to the installation, where its project has nothing of its own', async () => {
    const { items } = dataOf(await v1.get(at('/ssh-profiles')));
    await v1.delete(at(`/ssh-profiles/${items[0].id}`));
    const private_key = server.userKey.privateKey;
    const credential_id = await make('/credentials', { name: 'k', kind: 'private_key', private_key });
    const profile = { name: 'p', port: server.port, login_user: USER, credential_id, is_default: true };
    await make('/ssh-profiles', profile);

    expect(await test()).toMatchObject({ ok: true });
  });

  it('is not reached any more once another key is trusted in place of its own', async () => {
    const other = newKey().known;
    await v1.post(at('/hosts/trust'), { hosts: [{ host_id: world.host, keys: [other], replace: true }] });

    const refused = await test();

    expect(refused).toMatchObject({ ok: false, problem: 'host_key' });
    expect(refused.message).toContain(fingerprintOf(other));
    expect(refused.message).toContain(`--key ${fingerprintOf(server.knownKeys[0]!)}`);
  });
});
