import { preferredAlgorithms } from '../../../hosts/ssh/host-keys';
import type { SshPool } from '../../../hosts/ssh/pool';
import type { Hop, HostKey } from '../../../hosts/ssh/route';
import { scanKeys } from '../../../hosts/ssh/scan';
import { eventually } from '../../support/eventually';
import { newKey, stolen } from './keys';
import { type ServerOptions, TestServer } from './server';
import { failureOf, later, newPool, say } from './support';

const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'];

describe('keys of hosts', () => {
  const all = TYPES.map(newKey);
  let server: TestServer;
  let pool: SshPool;
  const pinned: [hostId: number, key: HostKey][] = [];

  const open = async (options: ServerOptions = {}, pin = async () => {}) => {
    server = await TestServer.listen({ hostKeys: all, ...options });
    pool = newPool({
      pin: async (hop: Hop, key: HostKey) => {
        pinned.push([hop.hostId, key]);
        await pin();
      },
    });
  };

  afterEach(async () => {
    pinned.splice(0);
    await pool.close();
    await server.close();
  });

  it.each(all.map(({ known }) => [known.type, known] as const))(
    'are known by the one that is trusted, of whatever type: %s',
    async (_type, known) => {
      await open();

      const said = await say(pool.transport([server.hop({ keys: [known] })]), 'echo here');

      expect(said.stdout).toBe('here\n');
    },
  );

  it('that have changed are refused on every path, and the message says which was trusted, which was seen and what to do', async () => {
    await open();
    const [old] = [newKey()];

    const failure = await failureOf(say(pool.transport([server.hop({ keys: [old.known] })]), 'true'));

    expect(failure).toMatchObject({ name: 'TransportError', problem: 'host_key', hostId: 12 });
    const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.source;
    expect(failure.message).toMatch(
      new RegExp(
        `^host 12 \\(127\\.0\\.0\\.1:${server.port}\\) .*Trusted is ssh-ed25519 ${fingerprint}; ` +
          `seen was ssh-ed25519 (${fingerprint})\\. .*: gantry hosts trust 12 --key \\1 --replace$`,
      ),
    );
    expect(server.users).toEqual([]);
  });

  it('of other types than those that are trusted are seen, too', async () => {
    await open({ hostKeys: [all[1]!] });

    const failure = await failureOf(say(pool.transport([server.hop({ keys: [all[4]!.known] })]), 'true'));

    expect(failure).toMatchObject({ problem: 'host_key' });
    expect(failure.message).toContain('seen was ecdsa-sha2-nistp256 SHA256:');
    expect({ logins: server.users, connections: server.accepted }).toEqual({ logins: [], connections: 1 });
  });

  it('that nobody has trusted are told, and nobody is logged in', async () => {
    await open();

    const failure = await failureOf(say(pool.transport([server.hop({ keys: [] })]), 'true'));

    expect(failure).toMatchObject({ problem: 'host_key_unknown' });
    expect(failure.message).toMatch(/seen was ssh-ed25519 SHA256:.*: gantry hosts trust 12 --key SHA256:/);
    expect(server.users).toEqual([]);
  });

  it('that are the first ones are saved before anything is sent, once, and the only ones from then on', async () => {
    const saved = later();
    await open({}, () => saved.promise);
    const transport = pool.transport([server.hop({ keys: [], trustsFirst: true })]);

    const said = Promise.all(Array.from({ length: 12 }, () => say(transport, 'sleep 0.2; echo here')));
    await eventually('the key is to be saved', () => pinned.length > 0);
    const usersBefore = [...server.users];
    saved.resolve();

    expect((await said).map(({ stdout }) => stdout)).toEqual(Array(12).fill('here\n'));
    expect(usersBefore).toEqual([]);
    expect(pinned).toEqual([[12, all[0]!.known]]);
    expect(server.accepted).toBe(2);
  });

  it('that could not be saved are not trusted: nothing is sent to the host', async () => {
    await open({}, () => Promise.reject(new Error('the database is away')));

    const failure = await failureOf(say(pool.transport([server.hop({ keys: [], trustsFirst: true })]), 'true'));

    expect(failure.message).toBe('the database is away');
    expect({ users: server.users, connections: server.accepted }).toEqual({ users: [], connections: 1 });
  });

  it.each([
    ['trusted', (keys: HostKey[]) => ({ keys })],
    ['saved as the first ones', () => ({ keys: [], trustsFirst: true })],
  ])('that a host only shows, and has not got, are not %s', async (_, more) => {
    await open({ hostKeys: [stolen(all[0]!)] });

    const failure = await failureOf(say(pool.transport([server.hop(more(server.knownKeys))]), 'true'));

    expect(failure).toMatchObject({
      problem: 'host_key',
      message: expect.stringContaining('does not have the key that it shows'),
    });
    expect({ pinned, users: server.users }).toEqual({ pinned: [], users: [] });
    expect(await failureOf(scanKeys([server.hop()], { pool }))).toMatchObject({ problem: 'host_key' });
  });

  it('are scanned, all of them, without logging in', async () => {
    await open();

    const keys = await scanKeys([server.hop({ keys: [] })], { pool });

    expect(keys).toEqual(all.map(({ known }) => known));
    expect(server.users).toEqual([]);
    await eventually('nothing is open any more', () => pool.size === 0);
  });

  it('are scanned also when there is one only', async () => {
    await open({ hostKeys: [all[2]!] });

    expect(await scanKeys([server.hop()], { pool })).toEqual([all[2]!.known]);
  });

  it('are asked for by the better types first, the ones that are trusted before all others', () => {
    expect(preferredAlgorithms([all[4]!.known, all[1]!.known])).toEqual([
      'ecdsa-sha2-nistp256',
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
    ]);
  });

  it('that were exchanged are not passed by over connections that are still open', async () => {
    await open();
    await say(pool.transport([server.hop()]), 'true');

    const failure = await failureOf(say(pool.transport([server.hop({ keys: [newKey().known] })]), 'true'));

    expect(failure.problem).toBe('host_key');
  });
});
