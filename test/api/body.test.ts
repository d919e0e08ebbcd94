import { Client } from 'undici';
import { createApp } from '../../api/app';
import { requireDescribedText } from '../support/answers';
import { PLAIN_APP } from '../support/callers';
import { ApiClient, authorization, CALLER } from '../support/client';
import { Gantry } from '../support/gantry';
import { type HttpAnswer, type HttpRequest, listen, send } from '../support/http-server';
import { sketch } from '../support/trees';

const KB = 1024;
const ESB = '/api/c/compapi/v2/sops/fast_create_task/';
const APP = '/apigw/fast_create_task/1/';
const HEADER = authorization(CALLER);
const WRONG = authorization({ ...CALLER, bk_app_secret: 'wrong' });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** 13 MB that are costly to build. */
const DEEP = `{"a":${'['.repeat(13 * KB * KB)}`;
const inChunks = (text: string) => text.match(/.{1,65536}/gs)!;
const padding = (bytes: number) => 'x'.repeat(bytes);
const tree = sketch({ chains: ['S a E'] });

describe('the body of somebody who is not known', () => {
  let gantry: Gantry;
  let server: Awaited<ReturnType<typeof listen>>;
  let longestParsed: number;

  beforeAll(async () => {
    gantry = await Gantry.create();
    server = await listen(createApp({ services: gantry.services }));
    const parse = JSON.parse;
    jest.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
      longestParsed = Math.max(longestParsed, String(text).length);
      return parse(text, reviver);
    });
  });

  beforeEach(() => {
    longestParsed = 0;
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await server.close();
    await gantry.stop();
  });

  async function ask(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await send(server.port, request);
    const parsed = longestParsed;
    requireDescribedText(request.path, answer.text);
    longestParsed = parsed;
    return answer;
  }

  it.each<[string, number, HttpRequest]>([
    ['without credentials', 413, { path: APP, body: DEEP }],
    ['without credentials, to the ESB path', 413, { path: ESB, body: DEEP }],
    ['without credentials, in chunks', 413, { path: ESB, body: inChunks(DEEP) }],
    ['with wrong credentials in the header', 401, { path: APP, body: DEEP, headers: WRONG }],
    ['with wrong credentials in the header, in chunks', 401, { path: APP, body: inChunks(DEEP), headers: WRONG }],
    ['with a header that is none', 401, { path: APP, body: DEEP, headers: { 'X-Bkapi-Authorization': '[[[' } }],
    [
      'with wrong credentials in the query',
      401,
      { path: `${ESB}?${new URLSearchParams({ ...CALLER, bk_app_secret: 'x' })}`, body: DEEP },
    ],
    [
      'with wrong credentials in front',
      401,
      { path: ESB, body: `${JSON.stringify({ ...CALLER, bk_app_secret: 'x' }).slice(0, -1)},${DEEP.slice(1)}` },
    ],
    [
      'with credentials behind the first 64 KB',
      413,
      { path: ESB, body: JSON.stringify({ pad: padding(64 * KB), ...CALLER }) },
    ],
    [
      'with credentials within something else',
      413,
      { path: ESB, body: `{"x":${JSON.stringify(CALLER)},${DEEP.slice(1)}` },
    ],
    [
      'with credentials in a string',
      413,
      { path: ESB, body: `{"x":${JSON.stringify(JSON.stringify(CALLER))},${DEEP.slice(1)}` },
    ],
    ['in a form', 413, { path: ESB, body: `a=${DEEP}&${new URLSearchParams(CALLER)}`, headers: FORM }],
    ['of nothing but blanks', 413, { path: ESB, body: ' '.repeat(KB * KB) }],
    ['as small as it may be', 401, { path: ESB, body: DEEP.slice(0, 64 * KB) }],
    ['to a callback of no token', 413, { path: '/callback/nothing/', body: DEEP }],
    ['to a callback of no token, in chunks', 401, { path: '/callback/nothing/', body: inChunks(DEEP) }],
    ['to the old path of callbacks', 401, { path: '/taskflow/api/v4/nodes/callback/x/', body: inChunks(DEEP) }],
    ['to a callback of no token, small', 401, { path: '/callback/nothing/', body: DEEP.slice(0, KB) }],
  ])('is never parsed: %s', async (_name, status, request) => {
    const answer = await ask(request);

    expect(answer.status).toBe(status);
    expect(answer.text).toContain('"result":false');
    // Single values are: names, and the credentials themselves.
    expect(longestParsed).toBeLessThan(100);
  });

  it.each<[string, number, HttpRequest]>([
    ['64 KB without credentials', 413, { path: ESB, body: [DEEP.slice(0, 65 * KB)] }],
    ['wrong credentials', 401, { path: APP, body: [DEEP.slice(0, KB)], headers: WRONG }],
    ['a callback of no token', 401, { path: '/callback/nothing/', body: ['{'] }],
    [
      'a length that is too large',
      413,
      { path: APP, body: ['{'], headers: { ...HEADER, 'content-length': '99999999' } },
    ],
  ])('is not waited for: %s', async (_name, status, request) => {
    expect((await ask({ ...request, isHeldBack: true })).status).toBe(status);
  });

  it('is refused in words that help', async () => {
    const { text } = await ask({ path: ESB, body: JSON.stringify({ pad: padding(64 * KB), ...CALLER }) });

    expect(JSON.parse(text)).toMatchObject({
      result: false,
      code: 3540000,
      data: null,
      message: expect.stringContaining('send them in front of everything else, or in the header'),
    });
  });

  it.each<[string, HttpRequest]>([
    [
      'its credentials in the header',
      {
        path: ESB,
        headers: HEADER,
        body: JSON.stringify({ description: padding(200 * KB), bk_biz_id: 1, name: 'x', pipeline_tree: tree }),
      },
    ],
    [
      'its credentials in front',
      {
        path: ESB,
        body: JSON.stringify({
          ...CALLER,
          bk_biz_id: 1,
          description: padding(200 * KB),
          name: 'x',
          pipeline_tree: tree,
        }),
      },
    ],
    [
      'its credentials in front, in chunks',
      {
        path: ESB,
        body: inChunks(
          JSON.stringify({ ...CALLER, description: padding(200 * KB), bk_biz_id: 1, name: 'x', pipeline_tree: tree }),
        ),
      },
    ],
    [
      'its credentials behind a tree, still within 64 KB',
      {
        path: ESB,
        body: JSON.stringify({
          pipeline_tree: tree,
          ...CALLER,
          bk_biz_id: 1,
          name: 'x',
          description: padding(200 * KB),
        }),
      },
    ],
    [
      'its credentials at the end of a small one',
      {
        path: ESB,
        body: JSON.stringify({
          name: 'x',
          pipeline_tree: tree,
          bk_biz_id: 1,
          description: padding(20 * KB),
          ...CALLER,
        }),
      },
    ],
    [
      'its credentials in front of a form',
      {
        path: ESB,
        headers: FORM,
        body: `${new URLSearchParams({ ...CALLER, bk_biz_id: '1', name: 'x', description: padding(200 * KB), pipeline_tree: JSON.stringify(tree) })}`,
      },
    ],
    [
      'umlauts where the first part ends',
      {
        path: ESB,
        body: JSON.stringify({
          ...CALLER,
          description: 'ü'.repeat(100 * KB),
          bk_biz_id: 1,
          name: 'x',
          pipeline_tree: tree,
        }),
      },
    ],
  ])('is read whole of somebody who is known, with %s', async (_name, request) => {
    const answer = await ask(request);

    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/"result":true/);
  });

  it('is not parsed either when it is too deep, of somebody who is known', async () => {
    for (const body of [DEEP, inChunks(DEEP)]) {
      const answer = await ask({ path: APP, headers: HEADER, body });

      expect(JSON.parse(answer.text)).toMatchObject({
        result: false,
        code: 3540000,
        message: 'the body is nested deeper than 2000 levels',
      });
    }
    expect(longestParsed).toBeLessThan(KB);
  });

  it('leaves a connection that may be used again', async () => {
    const client = new Client(server.url);
    const outcomes: number[] = [];
    for (const path of [ESB, '/healthz', ESB, '/healthz']) {
      const method = path === ESB ? 'POST' : 'GET';
      const { statusCode, body } = await client.request({
        path,
        method,
        ...(method === 'POST' ? { body: '{"a":[[' } : {}),
      });
      requireDescribedText(path, await body.text());
      outcomes.push(statusCode);
    }
    await client.close();

    expect(outcomes).toEqual([401, 200, 401, 200]);
  });
});

describe('somebody who is not known', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  async function withServer(
    options: { strangersPerSecond: number; trustedProxies?: string },
    use: (ask: (request: HttpRequest) => Promise<HttpAnswer>) => Promise<void>,
  ) {
    const server = await listen(createApp({ services: gantry.services, ...options }));
    const client = ApiClient.at(server.url);
    await use((request) => client.ask(request)).finally(() => server.close());
  }

  const LIST = '/apigw/get_user_project_list/';

  it('is told so a few times from an address, and then to wait', async () => {
    await withServer({ strangersPerSecond: 1 }, async (ask) => {
      const statuses = [];
      for (let i = 0; i < 10; i++) statuses.push((await ask({ method: 'GET', path: LIST, headers: WRONG })).status);

      expect(statuses.slice(0, 2)).toEqual([401, 401]);
      expect(statuses).toContain(429);
      const refused = await ask({ path: '/callback/nothing/', body: '{}' });
      expect([401, 429]).toContain(refused.status);
    });
  });

  it('is told when to go on, in the envelope of the family', async () => {
    // One every hundred seconds: however slow this machine is, no second one becomes due.
    await withServer({ strangersPerSecond: 0.01 }, async (ask) => {
      const answers = [await ask({ path: ESB, body: DEEP }), await ask({ path: '/callback/nothing/', body: '{}' })];

      for (const { status, headers, text } of answers) {
        expect(status).toBe(429);
        expect(Number(headers['retry-after'])).toBeGreaterThan(1);
        expect(JSON.parse(text)).toMatchObject({ result: false, code: 3545000, data: null });
        expect(text).toContain('unknown senders');
      }
    });
  });

  it('does not keep out an app that was known lately, from the same address', async () => {
    await withServer({ strangersPerSecond: 0.5 }, async (ask) => {
      expect((await ask({ method: 'GET', path: LIST, headers: HEADER })).status).toBe(200);
      const impostor = { 'X-Bkapi-Authorization': JSON.stringify({ ...PLAIN_APP, bk_token: 'x' }) };
      for (let i = 0; i < 5; i++) await ask({ method: 'GET', path: LIST, headers: impostor });

      expect((await ask({ method: 'GET', path: LIST, headers: HEADER })).status).toBe(200);
    });
  });

  it('is counted by the address that a trusted proxy forwards, and by no other', async () => {
    const from = (address: string) => ({ ...WRONG, 'X-Forwarded-For': address });
    await withServer({ strangersPerSecond: 0.01, trustedProxies: '127.0.0.1' }, async (ask) => {
      expect((await ask({ method: 'GET', path: LIST, headers: from('1.2.3.4') })).status).toBe(429);
    });
    await withServer({ strangersPerSecond: 0.5, trustedProxies: '127.0.0.0/8' }, async (ask) => {
      const statuses = [];
      for (const address of ['1.2.3.4', '1.2.3.4', '5.6.7.8', '9.9.9.9, 5.6.7.8']) {
        statuses.push((await ask({ method: 'GET', path: LIST, headers: from(address) })).status);
      }
      expect(statuses).toEqual([401, 429, 401, 429]);
    });
    await withServer({ strangersPerSecond: 0.5 }, async (ask) => {
      const statuses = [];
      for (const address of ['1.2.3.4', '5.6.7.8']) {
        statuses.push((await ask({ method: 'GET', path: LIST, headers: from(address) })).status);
      }
      expect(statuses).toEqual([401, 429]);
    });
  });
});
