import type { SshPool } from '../../../hosts/ssh/pool';
import { TestServer } from './server';
import { newPool, say } from './support';

describe('a command over ssh', () => {
  let server: TestServer;
  let pool: SshPool;

  beforeEach(async () => {
    server = await TestServer.listen();
    pool = newPool();
  });

  afterEach(async () => {
    await pool.close();
    await server.close();
  });

  const transport = () => pool.transport([server.hop()]);

  it('has its input, its output, its exit code and what it complains of', async () => {
    const said = await say(transport(), 'cat; echo oops >&2; exit 7', {
      stdin: [Buffer.from('one '), Buffer.from('two')],
    });

    expect(said).toEqual({ code: 7, stderr: 'oops\n', stdout: 'one two' });
  });

  it('that a signal ends has no exit code', async () => {
    const said = await say(transport(), 'kill -KILL $$');

    expect(said).toEqual({ code: null, stderr: '(ended by SIGKILL)', stdout: '' });
  });

  it('carries 20 MB both ways, byte for byte', async () => {
    const chunk = Buffer.alloc(1_000_000, 'a0b1c2d3');
    let length = 0;
    let wrong = 0;
    const { code } = await say(transport(), 'cat', {
      stdin: Array.from({ length: 20 }, () => chunk),
      onStdout: (bytes) => {
        const start = length % chunk.length;
        const expected = Buffer.concat([chunk, chunk]).subarray(start, start + bytes.length);
        if (!expected.equals(bytes)) wrong += 1;
        length += bytes.length;
      },
    });

    expect({ code, length, wrong }).toEqual({ code: 0, length: 20_000_000, wrong: 0 });
  });
});
