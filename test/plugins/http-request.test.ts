import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../pipeline/json';
import { MAX_JSON_DEPTH } from '../../pipeline/tree/limits';
import { findPlugin } from '../../plugins';
import { openReceiver, type Receiver } from '../support/receiver';
import { allowLocal, contextFor, type End, runPlugin } from './support';

const PATHS: Record<string, (response: ServerResponse) => void> = {
  '/json': (response) => response.end('{"a": {"b": [1, 2]}, "ok": true}'),
  '/text': (response) => response.end('hello'),
  '/empty': (response) => response.end(),
  '/broken': (response) => response.writeHead(500).end('{"error": "broken"}'),
  '/page': (response) => response.writeHead(502).end('<html>'),
  '/created': (response) => response.writeHead(201).end('"made"'),
  '/gone': (response) => response.writeHead(204).end(),
  '/slow': () => {},
  '/deep': (response) => response.end(deep(MAX_JSON_DEPTH + 1)),
  '/deepest': (response) => response.end(deep(MAX_JSON_DEPTH)),
  '/abyss': (response) => response.end(deep(500_000)),
  '/cut': (response) => void response.destroy(),
  '/large': (response) => response.end(JSON.stringify('x'.repeat(2 * 1024 * 1024))),
  '/local': (response) => response.writeHead(302, { location: 'http://127.0.0.2/secret' }).end(),
  '/whole': (response) => response.end('{"id": -123456789012345678901, "share": 1e20}'),
  '/digits': (response) => response.end('7'.repeat(4301)),
  '/moved': (response) => response.writeHead(302, { location: '/json' }).end(),
};

function deep(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

describe('bk_http_request', () => {
  let server: Receiver;

  beforeAll(async () => {
    server = await openReceiver(({ path }, response) => PATHS[path]?.(response));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    allowLocal();
  });

  function send(path: string, inputs: JsonObject = {}): Promise<End> {
    return runPlugin('bk_http_request', 'v1.0', { bk_http_request_url: ` ${server.url}${path} `, ...inputs });
  }

  const DATA = { a: { b: [1, 2] }, ok: true };

  it.each<[what: string, path: string, inputs: JsonObject, outputs: JsonObject]>([
    ['a JSON answer', '/json', {}, { data: DATA, status_code: 200 }],
    ['any status of success', '/created', {}, { data: 'made', status_code: 201 }],
    ['a redirect to an address that is allowed', '/moved', {}, { data: DATA, status_code: 200 }],
    ['a HEAD without a body', '/empty', { bk_http_request_method: 'HEAD' }, { data: null, status_code: 200 }],
    [
      'a DELETE that answers without a body',
      '/gone',
      { bk_http_request_method: 'DELETE' },
      { data: null, status_code: 204 },
    ],
    ['a condition that holds', '/json', { bk_http_success_exp: 'resp.ok == True' }, { data: DATA, status_code: 200 }],
    ['a condition of blanks', '/json', { bk_http_success_exp: ' ' }, { data: DATA, status_code: 200 }],
  ])('succeeds with %s', async (_what, path, inputs, outputs) => {
    expect(await send(path, inputs)).toEqual({ outputs });
  });

  it('sends and gets whole numbers with all their digits, in bodies, headers and conditions', async () => {
    const end = await send('/whole', {
      bk_http_request_method: 'POST',
      bk_http_request_header: [{ name: 'X-Id', value: 9007199254740993n }],
      bk_http_request_body: { id: 9007199254740993n },
      bk_http_success_exp: 'resp.id == -123456789012345678901',
    });

    expect(end).toEqual({ outputs: { data: { id: -123456789012345678901n, share: 1e20 }, status_code: 200 } });
    expect(server.received).toMatchObject([
      { headers: { 'x-id': '9007199254740993' }, body: '{"id":9007199254740993}' },
    ]);
  });

  it('says of a number with more digits than are read that it is that', async () => {
    const { outputs, reason } = await send('/digits');

    expect(reason).toContain('the answer cannot be read: a whole number has more than 4300 digits');
    expect(outputs).toEqual({ status_code: 200 });
  });

  it('succeeds with an answer that is as deep as it may be', async () => {
    const { outputs } = await send('/deepest');

    expect(JSON.stringify(outputs.data)).toBe(deep(MAX_JSON_DEPTH));
  });

  it.each<[what: string, path: string, inputs: JsonObject, end: { outputs: JsonObject; reason: unknown }]>([
    [
      'an answer that is deeper than what can be recorded',
      '/deep',
      {},
      { outputs: { status_code: 200 }, reason: 'the answer is nested deeper than 2000 levels' },
    ],
    [
      'an answer that is deeper than any stack, whatever its condition',
      '/abyss',
      { bk_http_success_exp: 'resp == 1' },
      { outputs: { status_code: 200 }, reason: 'the answer is nested deeper than 2000 levels' },
    ],
    [
      'an answer that is not JSON',
      '/text',
      {},
      { outputs: { status_code: 200 }, reason: 'the answer is not JSON (status 200): hello' },
    ],
    [
      'no answer at all',
      '/empty',
      {},
      { outputs: { status_code: 200 }, reason: 'the answer is not JSON (status 200): it is empty' },
    ],
    [
      'an error page',
      '/page',
      {},
      { outputs: { status_code: 502 }, reason: 'the answer is not JSON (status 502): <html>' },
    ],
    [
      'a status of failure',
      '/broken',
      {},
      {
        outputs: { status_code: 500, data: { error: 'broken' } },
        reason: 'request failed with status 500: {"error": "broken"}',
      },
    ],
    [
      'a HEAD with a status of failure',
      '/broken',
      { bk_http_request_method: 'HEAD' },
      { outputs: { status_code: 500, data: null }, reason: 'request failed with status 500: ' },
    ],
    [
      'a condition that does not hold',
      '/json',
      { bk_http_success_exp: 'resp.ok == False' },
      { outputs: { data: DATA, status_code: 200 }, reason: 'success condition does not hold: resp.ok == False' },
    ],
    [
      'a condition that cannot be evaluated',
      '/json',
      { bk_http_success_exp: 'resp.ok ==' },
      {
        outputs: { data: DATA, status_code: 200 },
        reason: expect.stringMatching(/^success condition cannot be evaluated: ./),
      },
    ],
    ['a connection that is cut', '/cut', {}, { outputs: {}, reason: 'request failed: other side closed' }],
    [
      'an answer that is too large',
      '/large',
      {},
      { outputs: {}, reason: 'request failed: the answer is larger than 2097152 bytes' },
    ],
    [
      'no answer in time',
      '/slow',
      { bk_http_timeout: 1 },
      { outputs: {}, reason: 'request failed: The operation was aborted due to timeout' },
    ],
    [
      'a redirect to an address that is forbidden',
      '/local',
      {},
      {
        outputs: {},
        reason:
          'request failed: 127.0.0.2 is a loopback address, which requests may not reach unless GANTRY_HTTP_ALLOW names it',
      },
    ],
  ])('fails with %s', async (_what, path, inputs, end) => {
    expect(await send(path, inputs)).toEqual(end);
  });

  it.each<[what: string, inputs: JsonObject, sent: object]>([
    ['a GET without a body', { bk_http_request_body: 'ignored' }, { method: 'GET', body: '' }],
    [
      'a POST in UTF-8, as JSON unless told otherwise',
      { bk_http_request_method: 'post', bk_http_request_body: '{"name": "提醒 ü"}' },
      { method: 'POST', body: '{"name": "提醒 ü"}', headers: { 'content-type': 'application/json' } },
    ],
    [
      'a value that was rendered as JSON',
      { bk_http_request_method: 'PUT', bk_http_request_body: { n: 1 } },
      { method: 'PUT', body: '{"n":1}' },
    ],
    [
      'headers that override and are numbers',
      {
        bk_http_request_method: 'PATCH',
        bk_http_request_header: [
          { name: 'Content-Type', value: 'text/plain' },
          { name: 'X-Count', value: 3 },
        ],
      },
      { method: 'PATCH', headers: { 'content-type': 'text/plain', 'x-count': '3' } },
    ],
    ['a DELETE', { bk_http_request_method: 'DELETE' }, { method: 'DELETE' }],
  ])('sends %s', async (_what, inputs, sent) => {
    await send('/json', inputs);

    expect(server.received).toMatchObject([sent]);
  });

  it.each([
    ['0 stands for the longest', 0],
    ['the sign does not count', -30],
  ])('takes timeouts as the original does: %s', async (_what, bk_http_timeout) => {
    expect(await send('/json', { bk_http_timeout })).toMatchObject({ outputs: { status_code: 200 } });
  });

  it('stops when it is cancelled', async () => {
    const cancel = new AbortController();
    const running = runPlugin(
      'bk_http_request',
      'v1.0',
      { bk_http_request_url: `${server.url}/slow` },
      contextFor({ signal: cancel.signal }),
    );

    cancel.abort(new Error('cancelled by an operator'));

    expect(await running).toEqual({ outputs: {}, reason: 'request failed: cancelled by an operator' });
  });

  it.each([
    ['http://127.0.0.1', 'loopback'],
    ['http://127.9.9.9', 'loopback'],
    ['http://2130706433', 'loopback'],
    ['http://0x7f.1', 'loopback'],
    ['http://0.0.0.0', 'unspecified'],
    ['http://[::1]', 'loopback'],
    ['http://[::]', 'unspecified'],
    ['http://[::ffff:127.0.0.1]', 'loopback'],
    ['http://[::ffff:a9fe:a9fe]', 'linkLocal'],
    ['http://[64:ff9b::7f00:1]', 'rfc6052'],
    ['http://[2002:7f00:1::]', '6to4'],
    ['http://[fe80::1]', 'linkLocal'],
    ['http://169.254.169.254/latest/meta-data', 'linkLocal'],
    ['http://100.100.100.200', 'metadata service'],
    ['http://[fd00:ec2::254]', 'metadata service'],
    ['http://224.0.0.1', 'multicast'],
    ['http://255.255.255.255', 'broadcast'],
    ['http://localhost', 'loopback'],
  ])('does not reach %s', async (bk_http_request_url, range) => {
    allowLocal('');

    const { reason } = await runPlugin('bk_http_request', 'v1.0', { bk_http_request_url });

    expect(reason).toMatch(new RegExp(`^request failed: .+ is a ${range} address, which requests may not reach`));
  });

  it.each([
    ['ftp://example.com/x', 'only http and https are allowed, not ftp:'],
    ['file:///etc/passwd', 'only http and https are allowed, not file:'],
    ['no address', '"no address" is not an address'],
    ['', '"" is not an address'],
  ])('does not take %j for an address', async (bk_http_request_url, reason) => {
    expect(await runPlugin('bk_http_request', 'v1.0', { bk_http_request_url })).toEqual({ outputs: {}, reason });
  });

  it('is repeated after a crash only when that does no harm', () => {
    expect(findPlugin('bk_http_request', 'legacy')).toMatchObject({
      effect: { input: 'bk_http_request_method', cases: { GET: 'idempotent', HEAD: 'idempotent' }, otherwise: 'once' },
    });
  });
});
