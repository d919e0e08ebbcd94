import { ProviderHosts } from '../../../activities/hosts/provider-hosts';
import type { SshPool } from '../../../hosts/ssh/pool';
import { reachFrom } from '../../../worker/reach';
import type { TestServer } from '../../hosts/ssh/server';
import { SshWorld } from './support';

const CHANGE = { file: '/tmp/no-such-folder/upstream.conf', upstream: 'shop', config: null };

describe('an upstream of nginx', () => {
  let world: SshWorld;
  let server: TestServer;
  let hosts: ProviderHosts;
  let pool: SshPool;

  beforeAll(async () => {
    world = await SshWorld.open();
    server = await world.serve();
    await world.host({ server });
    const reach = reachFrom(world.gantry.db, '127.0.0.1, 10.0.0.0/8, ::/0');
    pool = reach.pool;
    hosts = new ProviderHosts(reach);
  });
  afterAll(async () => {
    await pool.close();
    await world.close();
  });

  const change = (operation: 'register' | 'unregister', servers: string[]) =>
    hosts.changeUpstream(
      { projectId: world.project.projectId, address: '127.0.0.1', username: 'gantry', account: null },
      { ...CHANGE, operation, servers },
      new AbortController().signal,
    );

  it.each([
    ...['169.254.169.254:80', '100.100.100.200:80', '0.0.0.0:80', '127.0.0.2:80', '8.8.8.8:80'],
    ...['[::1]:80', '[fe80::1]:80', '[fd00:ec2::254]:80', '[64:ff9b::a9fe:a9fe]:80', '[::7f00:1]:80'],
  ])('gets no server %s, and its host is not even asked', async (address) => {
    expect(await change('register', ['10.0.0.1:80', address])).toEqual({
      problem: `${address} may not be a server: it is in none of the networks of GANTRY_HOSTS_ALLOW`,
      isKnown: true,
    });
    expect(server.accepted).toBe(0);
  });

  it('gets others, and loses whatever there is: then its host is asked', async () => {
    const changes = [
      await change('register', ['10.0.0.1:80', 'db1.example:80', '[2001:db8::1]:80', '127.0.0.1:80']),
      await change('unregister', ['169.254.169.254:80']),
    ];

    for (const done of changes)
      expect(done).toMatchObject({ problem: expect.stringContaining('127.0.0.1: '), isKnown: true });
    expect(server.commands).toHaveLength(2);
  });
});
