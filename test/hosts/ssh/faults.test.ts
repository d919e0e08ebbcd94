import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { SshPool } from '../../../hosts/ssh/pool';
import type { Hop } from '../../../hosts/ssh/route';
import { eventually } from '../../support/eventually';
import { type ServerOptions, TestServer } from './server';
import { failureOf, newPool, say } from './support';

const SHORT_MS = 1_000;

describe('a host that cannot be reached', () => {
  let server: TestServer;
  let pool: SshPool;

  const open = async (options: ServerOptions = {}) => {
    server = await TestServer.listen(options);
    pool = newPool();
  };
  const failure = (more: Partial<Hop> = {}) => failureOf(say(pool.transport([server.hop(more)]), 'true'));

  afterEach(async () => {
    await pool.close();
    await server.close();
    expect(pool.size).toBe(0);
  });

  it('because nobody listens is refused, after some tries', async () => {
    await open();
    await server.close();

    expect(await failure()).toMatchObject({
      problem: 'refused',
      hostId: 12,
      message: `host 12 (127.0.0.1:${server.port}) refuses connections: is sshd running there, and is the port right?`,
    });
  });

  it('because its address may not be is not dialled: the one that its name stands for is asked', async () => {
    await open();
    const asked: string[] = [];
    const strict = newPool({
      allows: (address) => {
        asked.push(address);
        return false;
      },
    });

    const refusal = await failureOf(say(strict.transport([server.hop({ address: 'localhost' })]), 'true'));

    expect(refusal).toMatchObject({ problem: 'not_allowed' });
    expect(refusal.message).toMatch(
      /^host 12 \(localhost:\d+\) may not be reached: .*127\.0\.0\.1.*GANTRY_HOSTS_ALLOW/,
    );
    expect(asked).toContain('127.0.0.1');
    expect(server.accepted).toBe(0);
    await strict.close();
  });

  it('because its name is none that is known', async () => {
    await open();

    expect((await failure({ address: 'no-such-host.invalid' })).problem).toMatch(/unknown_name|unreachable/);
    expect(server.accepted).toBe(0);
  });

  it('because it takes the connection and says nothing', async () => {
    await open({ onSocket: (socket) => Boolean(socket.resume()) });

    expect(await failure({ connectTimeoutMs: SHORT_MS })).toMatchObject({
      problem: 'unreachable',
      message: `host 12 (127.0.0.1:${server.port}) took the connection and said nothing within 1 s`,
    });
    await eventually('the connection is gone', () => server.connections === 0);
    expect(server.accepted).toBe(1);
  });

  it('because it says that it speaks ssh, and no more', async () => {
    await open({ onSocket: (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n') });

    expect((await failure({ connectTimeoutMs: SHORT_MS })).message).toContain('did not agree on keys within 1 s');
  });

  it('because it does not answer to the login', async () => {
    await open({ onLogin: () => true });

    const { problem, message } = await failure({ connectTimeoutMs: 1000 });

    expect({ problem, message }).toEqual({
      problem: 'unreachable',
      message: expect.stringContaining('did not answer to the login within 1 s'),
    });
    expect(server.accepted).toBe(1);
  });

  it('because nothing answers at its address', async () => {
    await open();
    const { port, close } = await openDeafPort();
    try {
      expect(await failure({ port, connectTimeoutMs: 300 })).toMatchObject({
        problem: 'unreachable',
        message: expect.stringContaining('did not answer within 300 ms'),
      });
    } finally {
      await close();
    }
  });

  it.each([
    ['at once', ''],
    ['because too many are at its door', 'Exceeded MaxStartups\r\n'],
  ])('because it hangs up %s is busy, after some tries', async (_, said) => {
    await open({ onSocket: (socket) => Boolean(said === '' ? socket.destroy() : socket.end(said)) });

    const { problem, message } = await failure();

    expect(problem).toBe('busy');
    expect(message).toContain('MaxStartups');
    expect(server.accepted).toBe(pool.limits.tries);
  });

  it('at first is tried again', async () => {
    await open({
      onSocket: (socket, { accepted }) => {
        if (accepted <= 3) socket.destroy();
        return accepted <= 3;
      },
    });

    expect((await say(pool.transport([server.hop()]), 'echo here')).stdout).toBe('here\n');
    expect(server.accepted).toBe(4);
  });

  it('at first, by a reset, is tried again', async () => {
    await open({
      onSocket: (socket, { accepted }) => {
        if (accepted <= 2) socket.resetAndDestroy();
        return accepted <= 2;
      },
    });

    expect((await say(pool.transport([server.hop()]), 'echo here')).stdout).toBe('here\n');
  });

  it('because it speaks something else', async () => {
    await open({ onSocket: (socket) => Boolean(socket.end('HTTP/1.1 400 Bad Request\r\n\u0007\r\n')) });

    expect(await failure()).toMatchObject({
      problem: 'protocol',
      message: expect.stringContaining('does not speak ssh: it says "HTTP/1.1 400 Bad Request"'),
    });
    expect(server.accepted).toBe(1);
  });

  it('because it says more than ssh servers do', async () => {
    await open({ onSocket: (socket) => socket.write(Buffer.alloc(100_000, 'x')) });

    expect((await failure()).problem).toBe('protocol');
  });

  it('because it says line after line that are no ssh is not heard until the time is up', async () => {
    await open({ onSocket: (socket) => socket.write(`${'terms of use '.repeat(20)}\r\n`.repeat(500)) || true });

    expect(await failure({ connectTimeoutMs: 60_000 })).toMatchObject({
      problem: 'protocol',
      message: expect.stringContaining('does not speak ssh: it says "terms of use'),
    });
  });

  it('but not because it says much before it speaks ssh', async () => {
    await open({
      onSocket: (socket) => {
        socket.write('terms of use\r\n'.repeat(500));
        return false;
      },
    });

    expect((await say(pool.transport([server.hop()]), 'echo here')).stdout).toBe('here\n');
  });

  it('is one error for all who wanted it', async () => {
    await open({ onSocket: (socket) => Boolean(socket.end('nothing\r\n')) });

    const problems = await Promise.all(Array.from({ length: 20 }, () => failure()));

    expect(new Set(problems.map(({ problem }) => problem))).toEqual(new Set(['protocol']));
    expect(server.accepted).toBeLessThanOrEqual(2);
  });
});

/** A port whose line is full, and nobody takes from it: the system does not even answer to who wants to connect. */
async function openDeafPort(): Promise<{ port: number; close(): Promise<void> }> {
  const program = `
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(said);
  const sockets = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await once(sockets[0]!, 'connect');
  return {
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
