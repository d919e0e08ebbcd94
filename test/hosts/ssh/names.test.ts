import dns from 'node:dns/promises';
import { mayReach, parseNetworks } from '../../../base/networks';
import { TestServer } from './server';
import { failureOf, newPool, say } from './support';

/** What names stand for, as whoever owns them may say. */
describe('a host that is known by a name', () => {
  let server: TestServer;
  let answers: string[][] = [];
  const asked: string[] = [];
  /** This machine at its usual address, and nothing else of it. */
  const allows = mayReach(parseNetworks('127.0.0.1, 0.0.0.0/0, ::/0'));

  beforeAll(async () => {
    server = await TestServer.listen();
    jest.spyOn(dns, 'lookup').mockImplementation((async (name: string) => {
      asked.push(name);
      const found = answers.length > 1 ? answers.shift()! : answers[0]!;
      return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    }) as never);
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  it.each([
    ...['127.0.0.2', '::1', '::ffff:127.0.0.2', '::127.0.0.1', '169.254.169.254', '::ffff:169.254.169.254'],
    ...['fe80::1%lo', '100.100.100.200', 'fd00:ec2::254', '64:ff9b::7f00:1', '0.0.0.0', '::', '2002:7f00:1::'],
  ])('that stands for %s is refused, with the address, and nothing is dialled', async (address) => {
    answers = [[address]];
    const pool = newPool({ allows });

    const failure = await failureOf(say(pool.transport([server.hop({ address: 'evil.test' })]), 'true'));

    expect(failure).toMatchObject({ problem: 'not_allowed' });
    expect(failure.message).toContain(`may not be reached: ${address} is in none of the networks`);
    expect(server.accepted).toBe(0);
    await pool.close();
  });

  it('that stands for another address as soon as it was asked for is dialled at the one that was checked', async () => {
    answers = [['127.0.0.1'], ['127.0.0.2']];
    const pool = newPool({ allows });

    const said = await say(pool.transport([server.hop({ address: 'turns.test' })]), 'echo here');

    expect(said.stdout).toBe('here\n');
    expect(asked).toEqual(['turns.test']);
    expect(server.accepted).toBe(1);
    await pool.close();
  });

  it('that stands for several is dialled at those that may be reached alone', async () => {
    answers = [['169.254.169.254', '127.0.0.1', '127.0.0.2']];
    const pool = newPool({ allows });

    expect((await say(pool.transport([server.hop({ address: 'mixed.test' })]), 'echo here')).stdout).toBe('here\n');
    await pool.close();
  });
});

describe('a name behind a jump host', () => {
  it.each(['localhost', 'db.localhost', 'LOCALHOST'])(
    '%s is the jump host itself, which is refused as its loopback address is',
    async (address) => {
      const servers = [await TestServer.listen(), await TestServer.listen()];
      const [jump, target] = servers as [TestServer, TestServer];
      const strict = newPool({ allows: () => false });

      const failure = await failureOf(
        say(strict.transport([jump.hop({ hostId: 1 }), target.hop({ hostId: 2, address })]), 'true'),
      );

      expect(failure).toMatchObject({ problem: 'not_allowed', hostId: 2 });
      expect([jump.accepted, jump.forwarded]).toEqual([0, []]);
      await Promise.all([strict.close(), ...servers.map((server) => server.close())]);
    },
  );
});
