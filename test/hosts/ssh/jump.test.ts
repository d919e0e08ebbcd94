import type { SshPool } from '../../../hosts/ssh/pool';
import type { Hop, Route } from '../../../hosts/ssh/route';
import { scanKeys } from '../../../hosts/ssh/scan';
import { eventually } from '../../support/eventually';
import { newKey } from './keys';
import { type ServerOptions, TestServer } from './server';
import { failureOf, newPool, say } from './support';

describe('jump hosts', () => {
  let servers: TestServer[] = [];
  let pool: SshPool;

  const open = async (...options: ServerOptions[]): Promise<TestServer[]> => {
    servers = await Promise.all(options.map((each) => TestServer.listen(each)));
    pool = newPool({ idleMs: 50 });
    return servers;
  };
  /** Through the servers one after the other; each is a host by the number of its place, from 1. */
  const route = (more: Partial<Hop>[] = []) =>
    servers.map((server, at) => server.hop({ hostId: at + 1, ...more[at] })) as unknown as Route;

  afterEach(async () => {
    await pool.close();
    await Promise.all(servers.map((server) => server.close()));
  });

  it.each([2, 3, 4])('are passed: %i machines', async (count) => {
    await open(...Array.from({ length: count }, () => ({})));

    const said = await Promise.all(Array.from({ length: 5 }, () => say(pool.transport(route()), 'echo here')));

    expect(said.map(({ stdout }) => stdout)).toEqual(Array(5).fill('here\n'));
    expect(servers.map(({ accepted }) => accepted)).toEqual(Array(count).fill(1));
    expect(servers.map(({ commands }) => commands.length)).toEqual([...Array(count - 1).fill(0), 5]);
  });

  it('are kept while something leads through them, and go after that', async () => {
    const [jump, target] = (await open({}, {})) as [TestServer, TestServer];

    const said = say(pool.transport(route()), 'sleep 0.3; echo here');
    await eventually('the command runs', () => target.commands.length === 1);
    const during = jump.connections;

    expect((await said).stdout).toBe('here\n');
    expect(during).toBe(1);
    await eventually('both are closed', () => jump.connections + target.connections === 0);
    expect(pool.size).toBe(0);
  });

  it('are verified like any host: a changed key is refused, and nothing goes further', async () => {
    const [, target] = (await open({}, {})) as [TestServer, TestServer];

    const failure = await failureOf(say(pool.transport(route([{ keys: [newKey().known] }])), 'true'));

    expect(failure).toMatchObject({ problem: 'host_key', hostId: 1 });
    expect(failure.message).toMatch(/^host 1 .*gantry hosts trust 1 --key .*\(on the way to host 2 \(127\.0\.0\.1:/);
    expect(target.accepted).toBe(0);
  });

  it('do not vouch for the host behind them', async () => {
    await open({}, {});

    const failure = await failureOf(say(pool.transport(route([{}, { keys: [newKey().known] }])), 'true'));

    expect(failure).toMatchObject({ problem: 'host_key', hostId: 2 });
  });

  it('are passed for a scan of what is behind them', async () => {
    const [jump, target] = (await open({}, {})) as [TestServer, TestServer];

    expect(await scanKeys(route([{}, { keys: [] }]), { pool })).toEqual(target.knownKeys);
    expect({ jump: jump.accepted, target: target.users }).toEqual({ jump: 1, target: [] });
  });

  it('that let nobody through say so', async () => {
    await open({ mayForward: false }, {});

    const failure = await failureOf(say(pool.transport(route()), 'true'));

    expect(failure).toMatchObject({ problem: 'unreachable', hostId: 2 });
    expect(failure.message).toContain('host 1 (127.0.0.1:');
  });

  it('that break take with them what led through them', async () => {
    const [jump, target] = (await open({}, {})) as [TestServer, TestServer];

    const said = failureOf(say(pool.transport(route()), 'sleep 30'));
    await eventually('the command runs', () => target.commands.length === 1);
    jump.cut();

    expect(await said).toMatchObject({ problem: 'lost', hostId: 2 });
    expect((await say(pool.transport(route()), 'echo again')).stdout).toBe('again\n');
  });

  it('are not asked to reach what may not be reached', async () => {
    await open({}, {});
    const strict = newPool({ allows: (address) => address !== '127.0.0.9' });

    const failure = await failureOf(say(strict.transport(route([{}, { address: '127.0.0.9' }])), 'true'));

    expect(failure).toMatchObject({ problem: 'not_allowed', hostId: 2 });
    expect(servers.map(({ accepted }) => accepted)).toEqual([0, 0]);
    await strict.close();
  });
});
