import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshPool, SshPoolOptions } from '../../../hosts/ssh/pool';
import { eventually } from '../../support/eventually';
import { type ServerOptions, TestServer } from './server';
import { failureOf, later, newPool, say } from './support';

describe('a command over ssh', () => {
  let server: TestServer;
  let pool: SshPool;

  const open = async (options: ServerOptions = {}, more: Partial<SshPoolOptions> = {}) => {
    server = await TestServer.listen(options);
    pool = newPool(more);
  };

  afterEach(async () => {
    await pool.close();
    await server.close();
  });

  const transport = () => pool.transport([server.hop()]);

  it('has its input, its output, its exit code and what it complains of', async () => {
    await open();
    const stdin = [Buffer.from('one '), Buffer.from('two')];

    const said = await say(transport(), 'cat; echo oops >&2; exit 7', { stdin });

    expect(said).toEqual({ code: 7, stderr: 'oops\n', stdout: 'one two' });
  });

  it('that a signal ends has no exit code', async () => {
    await open();

    expect(await say(transport(), 'kill -KILL $$')).toEqual({ code: null, stderr: '(ended by SIGKILL)', stdout: '' });
  });

  it('that ends at once is heard of, each time', async () => {
    await open();

    const exits = await Promise.all(Array.from({ length: 50 }, (_, code) => say(transport(), `exit ${code}`)));

    expect(exits.map(({ code }) => code)).toEqual(Array.from({ length: 50 }, (_, code) => code));
  });

  it('carries 20 MB both ways, byte for byte', async () => {
    await open();
    const chunk = Buffer.alloc(1_000_000, 'a0b1c2d3');
    const twice = Buffer.concat([chunk, chunk]);
    let length = 0;
    let wrong = 0;

    const { code } = await say(transport(), 'cat', {
      stdin: Array.from({ length: 20 }, () => chunk),
      onStdout: (bytes) => {
        const start = length % chunk.length;
        if (!twice.subarray(start, start + bytes.length).equals(bytes)) wrong += 1;
        length += bytes.length;
      },
    });

    expect({ code, length, wrong }).toEqual({ code: 0, length: 20_000_000, wrong: 0 });
  });

  it('that does not read its input ends all the same', async () => {
    await open();
    const stdin = Array.from({ length: 20 }, () => Buffer.alloc(1_000_000));

    expect(await say(transport(), 'exit 3', { stdin })).toMatchObject({ code: 3 });
    expect(await say(transport(), 'echo next')).toMatchObject({ stdout: 'next\n' });
  });

  it('keeps the beginning of what it complains of, and no more', async () => {
    await open();

    const { stderr } = await say(transport(), 'head -c 3000000 /dev/zero | tr "\\0" e >&2');

    expect(stderr).toBe('e'.repeat(4096));
  });

  it('waits with its output for who reads slowly', async () => {
    const total = 60;
    let written = 0;
    await open({
      onCommand: (_command, channel) => {
        const part = Buffer.alloc(1_000_000, 'x');
        const write = (left: number) => {
          if (left === 0) {
            channel.exit(0);
            return channel.end();
          }
          channel.write(part, () => {
            written += part.length;
            write(left - 1);
          });
        };
        write(total);
      },
    });
    const begin = later();
    const mayGoOn = later();
    let heard = 0;
    const talking = say(transport(), 'write', {
      onStdout: (bytes) => {
        heard += bytes.length;
        begin.resolve();
        return mayGoOn.promise;
      },
    });
    await begin.promise;
    await eventually('nothing more comes', () => written, {
      isWanted: stillFor(500),
    });
    const ahead = written;
    mayGoOn.resolve();

    expect(await talking).toMatchObject({ code: 0 });
    expect(ahead).toBeLessThan(15_000_000);
    expect({ heard, written }).toEqual({ heard: total * 1_000_000, written: total * 1_000_000 });
  });

  it('whose output nobody can take any more is let go of', async () => {
    await open();
    const talking = say(transport(), 'echo here; sleep 30', {
      onStdout: () => Promise.reject(new Error('the disk is full here')),
    });

    await expect(talking).rejects.toThrow('the disk is full here');
    expect(await say(transport(), 'echo next')).toMatchObject({ stdout: 'next\n' });
  });

  it('over a connection that breaks is lost, and the next one has a new one', async () => {
    await open();
    const failure = failureOf(say(transport(), 'echo here; sleep 30'));
    await eventually('it runs', () => server.commands.length === 1);
    server.cut();

    expect(await failure).toMatchObject({
      problem: 'lost',
      hostId: 12,
      message: expect.stringContaining('was given a command, and nobody knows how it ended: the connection broke'),
    });
    expect(await say(transport(), 'echo next')).toMatchObject({ stdout: 'next\n' });
    expect(server.accepted).toBe(2);
  });

  it('is given over another connection when one has gone unnoticed', async () => {
    await open();
    for (let times = 0; times < 5; times++) {
      await say(transport(), 'true');
      server.cut();
    }

    expect(await say(transport(), 'echo next')).toMatchObject({ stdout: 'next\n' });
    expect(server.commands.filter((command) => command === 'echo next')).toHaveLength(1);
  });

  it('over a connection that is silent is lost', async () => {
    await open({}, { keepaliveMs: 30 });
    const failure = failureOf(say(transport(), 'sleep 30'));
    await eventually('it runs', () => server.commands.length === 1);
    server.freeze();

    expect(await failure).toMatchObject({ problem: 'lost' });
  });

  it('is given over another connection when nobody answers on the one that there is', async () => {
    await open({}, { keepaliveMs: 100 });
    await say(transport(), 'true');
    server.freeze();

    expect(await say(transport(), 'echo next')).toMatchObject({ stdout: 'next\n' });
    expect(server.accepted).toBe(2);
  });

  it('of which the host does not say how it ended is lost', async () => {
    await open({ onCommand: (_, channel) => channel.end() });

    expect(await failureOf(say(transport(), 'true'))).toMatchObject({
      problem: 'lost',
      message: expect.stringContaining('the host closed the channel'),
    });
  });

  it('that was taken, or not, when the connection broke is lost, and not given again', async () => {
    await open();
    // Neither yes nor no.
    server.onExec = () => server.cut();

    expect(await failureOf(say(transport(), 'true'))).toMatchObject({ problem: 'lost' });
    expect(server.commands).toEqual(['true']);
  });

  it('that the host does not run for this user says so', async () => {
    await open();

    expect(await failureOf(say(transport(), 'refuse'))).toMatchObject({
      problem: 'auth',
      message: expect.stringContaining('let deploy in and runs no commands for this user'),
    });
    expect(server.commands).toEqual(['refuse']);
  });

  it('is let go of at once by an abort, and goes on on the host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-ssh-'));
    await open();
    try {
      const controller = new AbortController();
      const talking = say(transport(), `echo here; sleep 0.3; touch ${folder}/done`, {
        signal: controller.signal,
        onStdout: () => controller.abort(new Error('not wanted any more')),
      });

      await expect(talking).rejects.toThrow('not wanted any more');
      expect(existsSync(join(folder, 'done'))).toBe(false);
      await eventually('it has come to its end', () => existsSync(join(folder, 'done')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not given when nobody wants it any more', async () => {
    await open();

    await expect(say(transport(), 'true', { signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late');
    expect(server.accepted).toBe(0);
  });

  it('finds a place after many that were let go of', async () => {
    await open();
    for (let times = 0; times < 25; times++) {
      const controller = new AbortController();
      const talking = say(transport(), 'sleep 30', { signal: controller.signal });
      const given = server.commands.length;
      await eventually('it is given', () => server.commands.length > given, { everyMs: 2 });
      controller.abort(new Error('not wanted any more'));
      await expect(talking).rejects.toThrow('not wanted any more');
    }

    expect(await say(transport(), 'echo next')).toMatchObject({ stdout: 'next\n' });
    expect(server.connections).toBeLessThanOrEqual(2);
  });
});

/** Whether something has been the same for so long. */
function stillFor(ms: number): (seen: number) => boolean {
  let last = -1;
  let since = 0;
  return (seen) => {
    if (seen !== last) since = Date.now();
    last = seen;
    return Date.now() - since > ms;
  };
}
