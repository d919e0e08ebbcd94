import type { SshPool } from '../../../hosts/ssh/pool';
import type { Hop, Login } from '../../../hosts/ssh/route';
import { newKey } from './keys';
import { PASSWORD, type ServerOptions, TestServer } from './server';
import { failureOf, newPool, say } from './support';

const password = (text: string): Login => ({ kind: 'password', password: text });

describe('a login', () => {
  let server: TestServer;
  let pool: SshPool;

  const open = async (options: ServerOptions = {}) => {
    server = await TestServer.listen(options);
    pool = newPool();
  };
  const run = (more: Partial<Hop> = {}) => say(pool.transport([server.hop(more)]), 'echo in');
  const refused = async (more: Partial<Hop> = {}) => {
    const failure = await failureOf(run(more));
    expect(failure).toMatchObject({ name: 'TransportError', problem: 'auth', hostId: 12 });
    expect(server.accepted).toBeLessThanOrEqual(1);
    return failure.message;
  };

  afterEach(async () => {
    await pool.close();
    await server.close();
  });

  it.each(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp521', 'ssh-rsa'])('by a key: %s', async (type) => {
    const key = newKey(type);
    await open();
    Object.assign(server, { userKey: key });

    expect((await run()).stdout).toBe('in\n');
    expect(server.logins.every((method) => method === 'publickey')).toBe(true);
  });

  it('by a password, which is sent once', async () => {
    await open();

    expect((await run({ login: password(PASSWORD) })).stdout).toBe('in\n');
    expect(server.logins).toEqual(['password']);
  });

  it('by a password that is asked for', async () => {
    await open({ methods: ['keyboard-interactive'] });

    expect((await run({ login: password(PASSWORD) })).stdout).toBe('in\n');
    expect(server.logins).toEqual(['keyboard-interactive']);
  });

  it('by a wrong password is tried once, and says what the host takes', async () => {
    await open({ methods: ['publickey', 'password', 'keyboard-interactive'] });

    const message = await refused({ login: password('wrong') });

    expect(message).toMatch(/^host 12 \(127\.0\.0\.1:\d+\) does not let deploy in by password: the password is wrong/);
    expect(message).not.toContain('wrong"');
    expect(server.logins).toEqual(['password']);
  });

  it('by a password that nobody takes does not send it', async () => {
    await open({ methods: ['publickey'] });

    expect(await refused({ login: password(PASSWORD) })).toContain('it takes publickey, and no password');
    expect(server.logins).toEqual([]);
  });

  it('by a key that is not there says which key, and what to look at', async () => {
    await open();

    const message = await refused({ login: { kind: 'private_key', privateKey: newKey().privateKey } });

    expect(message).toMatch(
      /deploy in by the private key ssh-ed25519 SHA256:\S+: it takes publickey, password\. Does ~\/\.ssh\/authorized_keys of deploy/,
    );
  });

  it('by a key that cannot be read is not tried', async () => {
    await open();
    const privateKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n';

    const message = await refused({ login: { kind: 'private_key', privateKey } });

    expect(message).toContain('the private key of deploy cannot be read');
    expect(message).not.toContain('c2VjcmV0');
    expect(server.accepted).toBe(0);
  });

  it('that is half of what the host wants says so', async () => {
    await open({
      onLogin: (context) => {
        if (context.method !== 'publickey' || !context.signature) return false;
        context.reject(['password'], true);
        return true;
      },
    });

    expect(await refused()).toContain('is right, and the host wants more than that: it takes password');
  });

  it('by a password that has expired says so, and sends no other', async () => {
    await open({
      onLogin: (context) => {
        if (context.method !== 'password') return false;
        context.requestChange('a new one, please', () => {});
        return true;
      },
    });

    expect(await refused({ login: password(PASSWORD) })).toContain('the password has expired');
    expect(server.logins).toEqual(['password']);
  });

  it('where more is asked for than a password answers nothing else', async () => {
    const answers: string[][] = [];
    await open({
      methods: ['keyboard-interactive'],
      onLogin: (context) => {
        if (context.method !== 'keyboard-interactive') return false;
        context.prompt([{ prompt: 'Password: ', echo: false }], (first) => {
          context.prompt([{ prompt: 'Code: ', echo: false }], (second) => {
            answers.push(first, second);
            context.reject(['keyboard-interactive']);
          });
        });
        return true;
      },
    });

    expect(await refused({ login: password(PASSWORD) })).toContain('it asks for "Code:", which is not possible here');
    expect(answers).toEqual([[PASSWORD], ['']]);
  });

  it('that the host answers by hanging up is not tried again', async () => {
    await open({
      onLogin: () => {
        server.cut();
        return true;
      },
    });

    expect(await refused()).toContain('it closed the connection');
    expect(server.accepted).toBe(1);
  });

  it('of another user, or by another credential, has a connection of its own', async () => {
    await open();
    await run();
    await run({ loginKey: 'credential 2' });
    await failureOf(run({ user: 'somebody' }));

    expect(server.accepted).toBe(3);
  });
});
