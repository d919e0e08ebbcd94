import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowLocal, runPlugin } from './support';

const ALLOWED = '127.0.0.2';
const FORBIDDEN = '127.0.0.1';

/** What names stand for, as whoever owns them may say: of several answers the first one is for who asks first. */
describe('a name in the address of a request', () => {
  const answers: Record<string, string[][]> = {};
  const asked: string[] = [];
  const reached: string[] = [];
  const servers: Server[] = [];
  let port: number;

  beforeAll(async () => {
    const listen = async (address: string, at: number) => {
      const server = createServer(({ headers, url }, response) => {
        reached.push(`${address} as ${headers.host}`);
        const to = new URL(url!, 'http://x').searchParams.get('to');
        response.writeHead(to ? 302 : 200, { connection: 'close', ...(to && { location: to }) }).end('"here"');
      }).listen(at, address);
      await once(server, 'listening');
      servers.push(server);
      return (server.address() as AddressInfo).port;
    };
    port = await listen(ALLOWED, 0);
    await listen(FORBIDDEN, port);
    jest.spyOn(dns, 'lookup').mockImplementation(((name: string, _options: object, callback: Found) => {
      asked.push(name);
      const rest = answers[name]!;
      const found = rest.length > 1 ? rest.shift()! : rest[0]!;
      callback(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as never);
  });
  afterAll(() => {
    jest.restoreAllMocks();
    for (const server of servers) server.close();
  });
  beforeEach(() => {
    allowLocal(ALLOWED);
    asked.length = 0;
    reached.length = 0;
  });

  const send = (name: string, path = '/') =>
    runPlugin('bk_http_request', 'v1.0', { bk_http_request_url: `http://${name}:${port}${path}` });

  it.each([
    [[FORBIDDEN], 'loopback'],
    [['::1'], 'loopback'],
    [['::ffff:127.0.0.1'], 'loopback'],
    [['::127.0.0.1'], 'ipv4Compatible'],
    [['169.254.169.254'], 'linkLocal'],
    [['fe80::1%lo'], 'linkLocal'],
    [['100.100.100.200'], 'metadata service'],
    [['fd00:ec2::254'], 'metadata service'],
    [['64:ff9b::a9fe:a9fe'], 'rfc6052'],
    [['0.0.0.0'], 'unspecified'],
    [['::'], 'unspecified'],
    [[ALLOWED, FORBIDDEN], 'loopback'],
    [[FORBIDDEN, ALLOWED], 'loopback'],
  ])('that stands for %j is refused, and nothing is dialled', async (found, range) => {
    answers['evil.test'] = [found];

    const { reason } = await send('evil.test');

    expect(reason).toContain(`evil.test is a ${range} address, which requests may not reach`);
    expect(reached).toEqual([]);
  });

  it('that stands for another address as soon as it was asked for is dialled at the one that was checked', async () => {
    answers['turns.test'] = [[ALLOWED], [FORBIDDEN]];

    expect(await send('turns.test')).toMatchObject({ outputs: { data: 'here' } });
    expect({ asked, reached }).toEqual({ asked: ['turns.test'], reached: [`${ALLOWED} as turns.test:${port}`] });

    expect((await send('turns.test')).reason).toContain('turns.test is a loopback address');
    expect(reached).toHaveLength(1);
  });

  it('to which a server sends on is checked as well', async () => {
    answers['good.test'] = [[ALLOWED]];
    answers['evil.test'] = [[FORBIDDEN]];

    const { reason } = await send('good.test', `/?to=http://evil.test:${port}/secret`);

    expect(reason).toContain('evil.test is a loopback address');
    expect(reached).toEqual([`${ALLOWED} as good.test:${port}`]);
  });
});

type Found = (error: null, addresses: { address: string; family: number }[]) => void;
