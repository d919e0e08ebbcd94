import { createServer } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { fingerprintOf } from '../../../hosts/ssh/host-keys';
import { listHostKeys, revokeHostKey } from '../../../inventory/ssh/host-keys';
import { probeIdOf } from '../../../temporal/names';
import { Probes } from '../../../temporal/probes';
import { newKey } from '../../hosts/ssh/keys';
import { PASSWORD, type TestServer } from '../../hosts/ssh/server';
import { addCaller } from '../../support/callers';
import { eventually } from '../../support/eventually';
import { SshWorld, TESTER } from './support';

/** Answers as a host that says so of itself. */
function says(...facts: string[]) {
  return (command: string, channel: ServerChannel) => {
    const [, token] = / gantry (\w+) /.exec(command)!;
    channel.write(`gantry ${token}\n${facts.map((fact) => `${fact}\n`).join('')}end\n`);
    channel.exit(0);
    channel.end();
  };
}

describe('hosts that are tested', () => {
  let world: SshWorld;

  beforeAll(async () => {
    world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.1/32');
  });

  afterAll(() => world.close());

  it('say what they are, and that is kept', async () => {
    const id = await world.host();

    const [probed] = await world.test([id]);

    expect(probed).toEqual({ host_id: id, ok: true, ms: expect.any(Number), facts: expect.any(Object) });
    expect(probed.facts).toMatchObject({ kernel: expect.any(String), cpus: expect.any(Number) });
    const row = await world.gantry.db.selectFrom('host_facts').selectAll().where('host_id', '=', id).executeTakeFirst();
    expect(row).toMatchObject({ facts: probed.facts });
  });

  it('are told each for itself, in the order in which they were asked for', async () => {
    const good = await world.host();
    const others = {
      refused: await world.host({ port: 1, password: 'x' }),
      auth: await world.host({ password: 'not the password' }),
      host_key: await world.host({ keys: [newKey().known] }),
      host_key_unknown: await world.host({ keys: [] }),
      not_allowed: await world.host({ address: '127.0.0.2' }),
      unknown_name: await world.host({ address: 'no-such-host.invalid' }),
      invalid: await world.host({ host: { is_disabled: true } }),
    };
    const ids = [...Object.values(others), good];

    const probed = await world.test(ids);

    expect(probed.map(({ host_id }: { host_id: number }) => host_id)).toEqual(ids);
    expect(probed.map(({ problem = 'none' }) => problem)).toEqual([...Object.keys(others), 'none']);
    for (const { message, host_id } of probed.slice(0, -1)) expect(message).toContain(`host ${host_id} `);
    expect(JSON.stringify(probed)).not.toContain('not the password');
  });

  it.each([
    ['no address', { host: { address: null } }, 'has no address yet'],
    ['no credential', { profile: { credential_id: null } }, 'has no credential'],
    ['no profile', { host: { ssh_profile_id: null } }, 'has no ssh profile'],
    ['maintenance', { host: { is_disabled: true } }, 'is disabled'],
  ])('are not asked with %s, and say so', async (_name, given, message) => {
    const server = await world.serve();
    const id = await world.host({ server, ...given });

    const [probed] = await world.test([id]);

    expect(probed).toEqual({ host_id: id, ok: false, problem: 'invalid', message: expect.stringContaining(message) });
    expect(server.accepted).toBe(0);
  });

  it('with another key than the one that is trusted are refused, with both and what to do', async () => {
    const server = await world.serve();
    const pinned = newKey().known;
    const id = await world.host({ server, keys: [pinned] });

    const [probed] = await world.test([id]);

    const seen = server.knownKeys[0]!;
    expect(probed.problem).toBe('host_key');
    for (const part of [`host ${id} (127.0.0.1:${server.port})`, fingerprintOf(pinned), fingerprintOf(seen)])
      expect(probed.message).toContain(part);
    expect(probed.message).toContain(`gantry hosts trust ${id} --key ${fingerprintOf(seen)}`);
    expect(server.logins).toEqual([]);
  });

  it('are scanned, trusted and tested, one after the other', async () => {
    const server = await world.serve({ hostKeys: [newKey(), newKey('ecdsa-sha2-nistp256')] });
    const id = await world.host({ server, keys: [] });

    const [scanned] = await world.scan([id]);
    const [before] = await world.test([id]);
    await world.trust(id, scanned.keys.slice(0, 1));
    const [tested] = await world.test([id]);
    const [again] = await world.scan([id]);

    expect(scanned).toEqual({
      host_id: id,
      ok: true,
      ms: expect.any(Number),
      keys: server.knownKeys.map((key) => ({ ...key, fingerprint: fingerprintOf(key), is_trusted: false })),
    });
    expect(before).toMatchObject({ problem: 'host_key_unknown' });
    expect(tested).toMatchObject({ ok: true });
    expect(again.keys.map(({ is_trusted }: { is_trusted: boolean }) => is_trusted)).toEqual([true, false]);
    // Of five scans and a test that was refused nobody was logged in.
    expect(server.logins).toEqual(['publickey', 'publickey']);
  });

  it('are dialled nowhere but where it is allowed, by whatever name', async () => {
    let dialled = 0;
    const listener = createServer((socket) => {
      dialled += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
    const { port } = listener.address() as { port: number };
    const id = (address: string) => world.host({ address, port, password: 'x' });
    const ids = [await id('127.0.0.2'), await id('::ffff:127.0.0.2'), await id('::1'), await id('169.254.169.254')];

    for (const probed of [...(await world.test(ids)), ...(await world.scan(ids))]) {
      expect(probed).toMatchObject({ ok: false, problem: 'not_allowed' });
      expect(probed.message).toContain('GANTRY_HOSTS_ALLOW');
    }

    expect(dialled).toBe(0);
    await new Promise((resolve) => listener.close(resolve));
  });

  it('are not reached through a jump host where it is not allowed', async () => {
    const server = await world.serve();
    const jump_host_id = await world.host({ server });
    const id = await world.host({ address: '127.0.0.2', profile: { jump_host_id } });

    const [probed] = await world.test([id]);

    expect(probed).toMatchObject({ problem: 'not_allowed', message: expect.stringContaining(`host ${id} `) });
    expect(server.forwarded).toEqual([]);
  });

  it('are reached through a jump host that is trusted, and no other', async () => {
    const [jump, target] = [await world.serve(), await world.serve()];
    const jump_host_id = await world.host({ server: jump });
    const id = await world.host({ server: target, profile: { jump_host_id } });

    const [probed] = await world.test([id]);
    await world.trust(jump_host_id, [newKey().known], true);
    const [refused] = await world.test([id]);

    expect(probed).toMatchObject({ ok: true });
    expect(jump.forwarded).toEqual([`127.0.0.1:${target.port}`]);
    expect(refused).toMatchObject({ problem: 'host_key' });
    expect(refused.message).toContain(`host ${jump_host_id} `);
  });

  it('are tested as an account by whoever may use it', async () => {
    const server = await world.serve({ onCommand: says('user app', 'kernel 6.1') });
    const id = await world.host({ server });
    const account = { login_user: 'deploy', become_user: 'app' };
    await world.project.account({ alias: 'web', ...account });
    await world.project.account({ alias: 'root', ...account, min_role: 'admin' });
    const { gantry, project, v1 } = world;
    const operator = v1.with(await addCaller(gantry, 'olga', 'operator', project.projectId));

    const tested = [];
    for (const alias of ['web', 'root', 'nobody'])
      tested.push(...(await world.test([id], { account: alias }, operator)));
    const [byTrusted] = await world.test([id], { account: 'root' });

    expect(tested.map(({ problem = 'none' }) => problem)).toEqual(['none', 'forbidden', 'invalid']);
    expect(tested[1].message).toBe('olga is operator: account root needs the role admin');
    expect(tested[2].message).toContain('web');
    expect(byTrusted).toMatchObject({ ok: true });
    expect(server.commands).toHaveLength(2);
    for (const command of server.commands) expect(command).toContain('sudo -n -H -u app ');
  });

  it('show their first key once, where that is trusted, and no other after it', async () => {
    const first = await world.serve();
    const id = await world.host({ server: first, keys: [], profile: { host_key_policy: 'first_use' } });
    const { gantry, project, v1 } = world;
    const operator = v1.with(await addCaller(gantry, 'finn', 'operator', project.projectId));

    const [probed] = await world.test([id], {}, operator);
    const [again] = await world.test([id], {}, operator);
    const keys = await gantry.db.selectFrom('host_keys').selectAll().where('host_id', '=', id).execute();
    const other = await world.serve();
    await gantry.db.updateTable('ssh_profiles').set({ port: other.port }).where('port', '=', first.port).execute();
    const [changed] = await world.test([id], {}, operator);

    expect([probed.ok, again.ok, changed.problem]).toEqual([true, true, 'host_key']);
    expect(keys).toMatchObject([{ ...first.knownKeys[0], source: 'first_use', added_by: 'finn', revoked_at: null }]);
    const records = await gantry.db
      .selectFrom('audit_records')
      .select(['action', 'username'])
      .where('object', '=', `host ${id}`)
      .where('action', 'in', ['trust', 'revoke'])
      .execute();
    expect(records).toEqual([{ action: 'trust', username: 'finn' }]);
    expect(other.logins).toEqual([]);
  });

  it('are not known by a first key that was revoked once', async () => {
    const server = await world.serve();
    const id = await world.host({ server, keys: [], profile: { host_key_policy: 'first_use' } });
    const { db } = world.gantry;
    const [probed] = await world.test([id]);
    const [key] = await listHostKeys(db, world.project, id);
    await revokeHostKey(db, world.project, { hostId: id, keyId: key!.id }, TESTER);
    const logins = server.logins.length;

    const [revoked] = await world.test([id]);

    expect(probed.ok).toBe(true);
    expect(revoked).toMatchObject({ problem: 'host_key', message: expect.stringContaining('was revoked') });
    expect(server.logins).toHaveLength(logins);
  });

  it('tell no password, whatever they make of it', async () => {
    const encoded = Buffer.from(PASSWORD).toString('base64');
    const told = await world.serve({
      methods: ['password'],
      onCommand: says(`user ${PASSWORD}`, `hostname ${encoded}`),
    });
    const asks = await world.serve({
      methods: ['keyboard-interactive'],
      onLogin(context) {
        if (context.method !== 'keyboard-interactive') return false;
        context.prompt([{ prompt: `Was it ${PASSWORD}?`, echo: true }], () => context.reject(['keyboard-interactive']));
        return true;
      },
    });
    const draw = () => 4711;
    const { probes } = world.gantry.services;
    world.gantry.services.probes = new Probes(world.gantry.client, world.gantry.installation, { draw });
    const ids = [
      await world.host({ server: told, password: PASSWORD }),
      await world.host({ server: asks, password: PASSWORD }),
    ];

    const probed = await world.test(ids);
    world.gantry.services.probes = probes;

    expect(probed).toMatchObject([
      { ok: true },
      { ok: false, problem: 'auth', message: expect.stringContaining('"Was it ******?"') },
    ]);
    expect(JSON.stringify(probed[0].facts)).toContain('******');
    const place = { projectId: world.project.projectId, probeId: 4711 };
    const handle = world.gantry.client.workflow.getHandle(probeIdOf(world.gantry.installation, place));
    const history = await handle.fetchHistory();
    const payloads = JSON.stringify(history.events, (name, value) =>
      name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
    );
    const row = await world.gantry.db.selectFrom('host_facts').selectAll().where('host_id', '=', ids[0]!).execute();
    expect(payloads).toContain('Was it');
    expect(row).toHaveLength(1);
    for (const text of [JSON.stringify(probed), payloads, JSON.stringify(row)]) {
      for (const form of [PASSWORD, encoded, 'gsec:']) expect(text).not.toContain(form);
    }
  });

  it('that let somebody in and do not answer say what they said instead', async () => {
    const server = await world.serve({
      onCommand(_command, channel) {
        channel.stderr.write('sudo: a password is required\n');
        channel.exit(1);
        channel.end();
      },
    });
    const id = await world.host({ server });

    const [probed] = await world.test([id]);

    expect(probed).toMatchObject({ ok: false, problem: 'no_answer' });
    expect(probed.message).toContain(`host ${id}: `);
    expect(probed.message).toContain('a password is required');
  });

  it('whose credential does not open say so', async () => {
    const id = await world.host();
    const elsewhere = await world.project.credential({ secret: '{"password": "gsec:v2:gone:xxxx"}' });
    const { db } = world.gantry;
    const { ssh_profile_id } = await db
      .selectFrom('hosts')
      .select('ssh_profile_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const { secret } = await db
      .selectFrom('credentials')
      .select('secret')
      .where('kind', '=', 'private_key')
      .executeTakeFirstOrThrow();
    const token = JSON.stringify(secret).replace(/gsec:v2:\w+:/g, 'gsec:v2:gone:');
    await db
      .updateTable('credentials')
      .set({ secret: token, kind: 'private_key' })
      .where('id', '=', elsewhere)
      .execute();
    await db.updateTable('ssh_profiles').set({ credential_id: elsewhere }).where('id', '=', ssh_profile_id).execute();

    const [probed] = await world.test([id]);

    expect(probed).toMatchObject({ problem: 'credential', message: expect.stringContaining('no key gone') });
  });

  it('are asked twenty at a time', async () => {
    let waiting: (() => void)[] = [];
    let most = 0;
    const server = await world.serve({
      onCommand(command, channel) {
        waiting.push(() => says('user deploy')(command, channel));
        most = Math.max(most, waiting.length);
      },
    });
    const ids: number[] = [];
    for (let n = 0; n < 45; n++) ids.push(await world.host({ server }));

    const testing = world.test(ids);
    for (const some of [20, 20, 5]) {
      await eventually(`${some} are asked`, () => waiting.length === some);
      const asked = waiting;
      waiting = [];
      for (const answer of asked) answer();
    }

    expect((await testing).map(({ ok }: { ok: boolean }) => ok)).toEqual(ids.map(() => true));
    expect(most).toBe(20);
  });

  it('that take longer are told of later', async () => {
    const { gantry, v1 } = world;
    const { probes } = gantry.services;
    gantry.services.probes = new Probes(gantry.client, gantry.installation, { waitMs: 1_500 });
    const server: TestServer = await world.serve({ onSocket: () => true });
    const id = await world.host({ server, profile: { connect_timeout_ms: 3_000 } });

    const { status, data } = await v1.post(world.at('/hosts/test'), { host_ids: [id, await world.host()] });
    gantry.services.probes = probes;
    const done = await eventually('it is done', async () => (await v1.get(world.at(`/probes/${data.probe_id}`))).data, {
      isWanted: ({ state }) => state !== 'running',
    });

    expect([status, data]).toEqual([202, { probe_id: data.probe_id, state: 'running' }]);
    expect(done.hosts).toMatchObject([
      { host_id: id, ok: false, problem: 'unreachable', message: expect.stringContaining('within 3 s') },
      { ok: true },
    ]);
  });
});
