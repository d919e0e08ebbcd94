import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Guard } from '../../api/admit';
import { headerCredentials } from '../../api/credentials';
import { openDoor } from '../../api/door';
import type { DoorEndpoint, Method } from '../../api/endpoint';
import { failureOf } from '../../api/failure';
import { FairLimiter } from '../../api/fair-limit';
import type { Family } from '../../api/family';
import { Strangers } from '../../api/strangers';
import { GantryError } from '../../base/error';
import { addCaller, addPlainApp } from '../support/callers';
import { authorization, CALLER } from '../support/client';
import { Gantry } from '../support/gantry';

/** Two endpoints of a family that is unlike the others: other paths, other methods, another envelope. */
interface Toy extends DoorEndpoint {
  method: Method;
  path: string;
}

const show: Toy = {
  name: 'show',
  method: 'get',
  path: '/toys/:project',
  needs: 'viewer',
  run: async ({ project, caller }) => ({ data: { toy: project!.name, for: caller.username }, tag: 'W/"toy"' }),
};
const replace: Toy = {
  name: 'replace',
  method: 'put',
  path: '/toys/:project',
  needs: 'editor',
  async run(_call, input) {
    if ((input as { broken?: boolean }).broken) throw new GantryError('wrong_state', 'the toy is broken');
    return { data: input };
  },
};
const mine: Toy = {
  name: 'mine',
  method: 'get',
  path: '/toys',
  needs: 'user',
  run: async ({ caller }) => ({ data: caller }),
};

const toys: Family<Toy> = {
  name: 'toys',
  owns: (path) => path.startsWith('/toys'),
  endpoints: [show, replace, mine],
  routesOf: ({ path, method }) => [{ path, methods: [method] }],
  headerCredentials: (header) => headerCredentials(header('x-bkapi-authorization')),
  openFields: [],
  outside: () => ({}),
  peekProjectId: (context) => (context.req.param('project') ? Number(context.req.param('project')) : undefined),
  readPlace(context) {
    const id = Number(context.req.param('project'));
    if (Number.isNaN(id)) return { ids: {} };
    return { ids: {}, place: { id, isAt: (project) => project.id === id, text: `toy box ${id}` } };
  },
  readInput: (_endpoint, { fields }) => fields,
  succeed: (context, { data }) => context.json(data as object, 200),
  fail: (context, { kind, message }) => context.json({ error: { kind, message } }, kind === 'no_method' ? 405 : 418),
  describe: () => {},
};

describe('the door', () => {
  let gantry: Gantry;
  let app: OpenAPIHono;
  const callers = new Map<string, Record<string, string>>();

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    for (const role of ['viewer', 'editor'] as const) callers.set(role, await addCaller(gantry, role, role));
    const { services } = gantry;
    const door: Guard = {
      services,
      limiter: new FairLimiter(0),
      strangers: new Strangers(0),
      addressOf: () => '',
      maxBodyBytes: 1000,
    };
    app = new OpenAPIHono();
    openDoor(app, door, toys);
    app.onError((error, context) => toys.fail(context as Context, failureOf(error, context as Context, services)));
  });

  afterAll(() => gantry.stop());

  async function ask(
    method: string,
    path: string,
    caller: string,
    body?: string,
    headers: Record<string, string> = {},
  ) {
    const response = await app.request(path, {
      method,
      headers: { ...callers.get(caller), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) };
  }

  it('serves any family by its own paths, methods and envelope', async () => {
    expect(await ask('GET', '/toys/1', 'viewer')).toMatchObject({ status: 200, body: { for: 'viewer' } });
    expect((await ask('PUT', '/toys/1', 'editor', '{"a":[1]}')).body).toEqual({ a: [1] });
    expect((await ask('GET', '/toys', 'viewer')).body).toEqual({
      username: 'viewer',
      app: { code: 'plain-app', trusted: false },
    });
  });

  it.each([
    ['an unknown sender', 'GET', '/toys/1', 'nobody', undefined, 'unauthenticated', 'bk_app_code is missing'],
    [
      'a role that is too low',
      'PUT',
      '/toys/1',
      'viewer',
      '{}',
      'forbidden',
      'viewer is viewer of project 1: this needs the role editor',
    ],
    ['a project that is not there', 'GET', '/toys/7', 'viewer', undefined, 'forbidden', 'toy box 7 does not exist'],
    ['what is no JSON', 'PUT', '/toys/1', 'editor', '{', 'invalid', 'invalid json format'],
    ['what is no object', 'PUT', '/toys/1', 'editor', '[]', 'invalid', 'request body must be a object'],
    ['what is no text', 'PUT', '/toys/1', 'editor', '{"a":"\\u0000"}', 'invalid', 'a holds characters'],
    ['what is too large', 'PUT', '/toys/1', 'editor', `"${'x'.repeat(1000)}"`, 'too_large', 'larger than 1000 bytes'],
    ['what a use case refuses', 'PUT', '/toys/1', 'editor', '{"broken":true}', 'wrong_state', 'the toy is broken'],
  ])('refuses %s, in the words of the family', async (_name, method, path, caller, body, kind, message) => {
    expect((await ask(method, path, caller, body)).body).toEqual({
      error: { kind, message: expect.stringContaining(message) },
    });
  });

  it('says which methods a path has', async () => {
    const answers = [await ask('POST', '/toys/1', 'editor'), await ask('DELETE', '/toys', 'nobody')];

    expect(answers.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([
      [405, 'GET, HEAD, PUT'],
      [405, 'GET, HEAD'],
    ]);
    expect(answers[0]!.body).toEqual({ error: { kind: 'no_method', message: 'POST is not allowed' } });
  });

  it('hands on the tag of an answer', async () => {
    const { headers } = await ask('GET', '/toys/1', 'viewer');

    expect([headers.get('etag'), headers.get('cache-control')]).toEqual(['W/"toy"', 'private, no-cache']);
  });

  it('does not mix up those who share an app', async () => {
    const trusted = authorization({ ...CALLER, bk_username: 'somebody' });

    expect((await ask('GET', '/toys', 'nobody', undefined, trusted)).body).toEqual({
      username: 'somebody',
      app: { code: CALLER.bk_app_code, trusted: true },
    });
  });
});

describe("bk-sops' paths", () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  it.each([
    ['DELETE', '/apigw/start_task/1/1/', 405, 3545000, 'POST'],
    ['GET', '/api/c/compapi/v2/sops/start_task/', 405, 3545000, 'POST'],
    ['POST', '/apigw/get_task_status/1/1/', 405, 3545000, 'GET, HEAD'],
    ['GET', '/apigw/no_such_thing/', 404, 3540400, null],
    ['GET', '/nowhere', 404, 3540400, null],
  ])('%s %s is refused in the family’s envelope', async (method, path, status, code, allow) => {
    const answer = await gantry.ask({ method, path });

    expect(answer.status).toBe(status);
    expect(answer.headers.allow ?? null).toBe(allow);
    expect(JSON.parse(answer.text)).toMatchObject({ result: false, code, data: null, request_id: expect.any(String) });
  });

  it('lets the other users of an app through when one sends all that it can', async () => {
    await addPlainApp(gantry, { requests_per_second: 1 });
    const [alice, bob] = [await addCaller(gantry, 'alice', 'viewer'), await addCaller(gantry, 'bob', 'viewer')];
    const ask = async (headers: Record<string, string>) =>
      (await gantry.ask({ method: 'GET', path: '/apigw/get_user_project_list/', headers })).status;
    const statuses: number[] = [];
    while (!statuses.includes(429) && statuses.length < 100) statuses.push(await ask(alice));

    expect(statuses).toContain(429);
    expect(await ask(bob)).toBe(200);
  });
});
