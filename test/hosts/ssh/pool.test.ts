import type { SshPool, SshPoolOptions } from '../../../hosts/ssh/pool';
import { eventually } from '../../support/eventually';
import { type ServerOptions, TestServer } from './server';
import { failureOf, newPool, say } from './support';

describe('connections to hosts', () => {
  let server: TestServer;
  let pool: SshPool;

  const open = async (more: Partial<SshPoolOptions> = {}, options: ServerOptions = {}) => {
    server = await TestServer.listen(options);
    pool = newPool(more);
  };
  /** Hosts of many ids, all of them the one server. */
  const host = (hostId = 1) => pool.transport([server.hop({ hostId })]);
  const all = <T>(count: number, work: (at: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, at) => work(at)));

  afterEach(async () => {
    await pool.close();
    await server.close();
    expect(pool.size).toBe(0);
  });

  it('carry 200 commands at once over two of them, five at a time each', async () => {
    await open();

    const said = await all(200, (at) => say(host(), `echo ${at}`));

    expect(said.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 200 }, (_, at) => `${at}\n`));
    expect({ accepted: server.accepted, sessions: server.mostSessions }).toEqual({ accepted: 2, sessions: 5 });
  });

  it('are no more than it takes', async () => {
    await open();

    await all(5, () => say(host(), 'sleep 0.1'));
    await all(5, () => say(host(), 'sleep 0.1'));

    expect(server.accepted).toBe(1);
  });

  it('are logged in so many at a time', async () => {
    await open({ handshakes: 4 });

    const said = await all(30, (at) => say(host(at), `echo ${at}`));

    expect(said.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 30 }, (_, at) => `${at}\n`));
    expect(server.accepted).toBe(30);
    expect(server.mostHandshakes).toBeLessThanOrEqual(4);
  });

  it('are so many at most: the one that was used longest ago goes for a new one', async () => {
    await open({ maxConnections: 3 });
    for (const id of [1, 2, 3, 1]) await say(host(id), 'true');
    expect({ accepted: server.accepted, size: pool.size }).toEqual({ accepted: 3, size: 3 });

    await say(host(4), 'true');
    await say(host(1), 'true');
    await say(host(3), 'true');
    expect({ accepted: server.accepted, size: pool.size }).toEqual({ accepted: 4, size: 3 });

    await say(host(2), 'true');
    expect({ accepted: server.accepted, size: pool.size }).toEqual({ accepted: 5, size: 3 });
  });

  it('are waited for when all are in use', async () => {
    await open({ maxConnections: 2 });

    const said = await all(12, (at) => say(host(at), `sleep 0.02; echo ${at}`));

    expect(said.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 12 }, (_, at) => `${at}\n`));
    expect(pool.size).toBeLessThanOrEqual(2);
  });

  it('are not waited for longer than that makes sense', async () => {
    await open({ maxConnections: 1, placeMs: 50 });
    const running = say(host(1), 'sleep 1; echo done');
    await eventually('it runs', () => server.commands.length === 1);

    expect(await failureOf(say(host(2), 'true'))).toMatchObject({
      problem: 'busy',
      hostId: 2,
      message: expect.stringContaining('all 1 connections that there may be are in use'),
    });
    expect((await running).stdout).toBe('done\n');
  });

  it('that a jump host takes may leave none for the host behind it, which says so', async () => {
    await open({ maxConnections: 1, placeMs: 50 });

    const failure = await failureOf(
      say(pool.transport([server.hop({ hostId: 1 }), server.hop({ hostId: 2 })]), 'true'),
    );

    expect(failure).toMatchObject({ problem: 'busy', hostId: 2 });
  });

  it('are closed when nothing was done over them for a while', async () => {
    await open({ idleMs: 50 });
    await all(6, () => say(host(), 'sleep 0.1'));

    await eventually('they are closed', () => server.connections === 0 && pool.size === 0);
    expect((await say(host(), 'echo again')).stdout).toBe('again\n');
    expect(server.accepted).toBe(3);
  });

  it('of hosts that take fewer commands at a time carry them all', async () => {
    await open({ tries: 8 }, { mayOpen: (sessions) => sessions < 1 });

    const said = await all(12, (at) => say(host(), `echo ${at}`));

    expect(said.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 12 }, (_, at) => `${at}\n`));
    expect({ accepted: server.accepted, sessions: server.mostSessions }).toEqual({ accepted: 2, sessions: 1 });
  });

  it('of a host that takes no command are busy, after some tries', async () => {
    let asked = 0;
    await open({}, { mayOpen: () => ++asked < 0 });

    expect(await failureOf(say(host(), 'true'))).toMatchObject({
      problem: 'busy',
      message: expect.stringContaining('takes no more commands at the moment (MaxSessions of sshd)'),
    });
    expect(asked).toBe(pool.limits.tries);
  });

  it('do not keep those waiting who do not want them any more', async () => {
    await open({ connectionsPerHost: 1, commandsPerConnection: 1 });
    const running = say(host(), 'sleep 0.3; echo first');
    await eventually('it runs', () => server.commands.length === 1);
    const controller = new AbortController();
    const waiting = all(20, () => failureOf(say(host(), 'echo never', { signal: controller.signal })));
    const last = say(host(), 'echo last');
    controller.abort(new Error('not wanted any more'));

    expect((await waiting).map(({ message }) => message)).toEqual(Array(20).fill('not wanted any more'));
    expect([(await running).stdout, (await last).stdout]).toEqual(['first\n', 'last\n']);
    expect(server.commands).not.toContain('echo never');
  });

  it('that one more of could not be made do for those that wait', async () => {
    await open(
      { commandsPerConnection: 1, connectionsPerHost: 2, tries: 1 },
      { onSocket: (socket, { accepted }) => accepted > 1 && Boolean(socket.destroy()) },
    );

    const said = await all(5, (at) => say(host(), `sleep 0.05; echo ${at}`));

    expect(said.map(({ stdout }) => stdout)).toEqual(['0\n', '1\n', '2\n', '3\n', '4\n']);
    expect(server.accepted).toBe(2);
  });

  it('end all at once: what runs is lost, what waits is not given, and nothing comes after', async () => {
    await open({ connectionsPerHost: 1, commandsPerConnection: 1 });
    const running = failureOf(say(host(), 'sleep 30'));
    await eventually('it runs', () => server.commands.length === 1);
    const waiting = failureOf(say(host(), 'echo never'));
    const connecting = failureOf(say(host(2), 'echo never'));

    await pool.close();

    const problems = await Promise.all([running, waiting, connecting, failureOf(say(host(), 'echo never'))]);
    expect(problems.map(({ problem }) => problem)).toEqual(['lost', 'unreachable', 'unreachable', 'unreachable']);
    expect(problems.at(-1)!.message).toContain('this process is ending');
    expect(server.commands).toEqual(['sleep 30']);
    await eventually('nothing is open', () => server.connections === 0);
  });
});
