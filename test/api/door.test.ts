import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Guard } from '../../api/admit';
import { headerCredentials } from '../../api/credentials';
import { answerFailure, openDoor } from '../../api/door';
import type { DoorEndpoint, Method } from '../../api/endpoint';
import { FairLimiter } from '../../api/fair-limit';
import type { Family } from '../../api/family';
import { Strangers } from '../../api/strangers';
import { GantryError } from '../../base/error';
import type { Reason } from '../../base/reason';
import { createLabel, removeLabel } from '../../templates/labels';
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
  wording: [
    { step: 'input', text: 'in this toy box: ' },
    { of: ['not_found'], as: 'invalid', text: (message, { project }) => `no toy of ${project?.id}: ${message}` },
  ],
  async run(call, input) {
    const { broken, label, gone } = input as { broken?: boolean; label?: string; gone?: number };
    const { services, actor, project } = call;
    if (broken) throw new GantryError('wrong_state', 'the toy is broken');
    if (gone) await removeLabel(services.db, project!.id, gone, actor);
    if (label) await createLabel(services.db, project!.id, { name: label, description: '' }, actor);
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

/** The family's own codes: by reason where there is one that it knows, else by kind. */
function codeOf(kind: string, reason: Reason | undefined): string {
  switch (reason?.code) {
    case 'duplicate':
      return `duplicate ${reason.args.name}`;
    case 'required':
      return `required ${reason.args.field}`;
    case 'malformed':
      return 'malformed';
    default:
      return kind;
  }
}

const toys: Family<Toy> = {
  name: 'toys',
  owns: (path) => path.startsWith('/toys'),
  endpoints: [show, replace, mine],
  routesOf: ({ path, method }) => [{ path, methods: [method] }],
  headerCredentials,
  openFields: [],
  outside: () => ({}),
  peekProjectId: (context) => (context.req.param('project') ? Number(context.req.param('project')) : undefined),
  readPlace(context) {
    const id = Number(context.req.param('project'));
    if (Number.isNaN(id)) return { ids: {} };
    return { ids: {}, place: { id, isAt: (project) => project.id === id, text: `toy box ${id}` } };
  },
  readInput(_endpoint, { fields }) {
    if (fields.bad) throw new GantryError('invalid', 'it is bad', { step: 'input' });
    return fields;
  },
  wording: [
    { step: 'input', text: 'never said of what an endpoint has words for: ' },
    { step: 'body', text: 'Toy box: ' },
  ],
  succeed: (context, { data }) => context.json(data as object, 200),
  fail: (context, { kind, message, reason }) =>
    context.json({ error: { code: codeOf(kind, reason), message } }, kind === 'no_method' ? 405 : 418),
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
      stopping: new AbortController().signal,
    };
    app = new OpenAPIHono();
    openDoor(app, door, toys);
    await createLabel(gantry.db, 1, { name: 'red', description: '' }, { username: 'a', appCode: 'b', source: 'api' });
    app.onError((error, context) => answerFailure(context as Context, toys, error, services));
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
    ['an unknown sender', 'GET', '/toys/1', 'nobody', undefined, 'required bk_app_code', 'bk_app_code is missing'],
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
    ['what is no JSON', 'PUT', '/toys/1', 'editor', '{', 'malformed', 'Toy box: the body is not JSON'],
    ['what is no object', 'PUT', '/toys/1', 'editor', '[]', 'malformed', 'the body is not a JSON object'],
    ['what is no text', 'PUT', '/toys/1', 'editor', '{"a":"\\u0000"}', 'malformed', 'a holds characters'],
    ['what is too large', 'PUT', '/toys/1', 'editor', `"${'x'.repeat(1000)}"`, 'too_large', 'larger than 1000 bytes'],
    ['what a use case refuses', 'PUT', '/toys/1', 'editor', '{"broken":true}', 'wrong_state', 'the toy is broken'],
    [
      'a name that is taken',
      'PUT',
      '/toys/1',
      'editor',
      '{"label":"red"}',
      'duplicate red',
      'label(red) already exists',
    ],
    ['what is not there', 'PUT', '/toys/1', 'editor', '{"gone":7}', 'invalid', 'no toy of 1: label(7) does not exist'],
    ['an input that is none', 'PUT', '/toys/1', 'editor', '{"bad":1}', 'invalid', 'in this toy box: it is bad'],
  ])('refuses %s, in the words of the family', async (_name, method, path, caller, body, code, message) => {
    expect((await ask(method, path, caller, body)).body).toEqual({
      error: { code, message: expect.stringContaining(message) },
    });
  });

  it('says which methods a path has', async () => {
    const answers = [await ask('POST', '/toys/1', 'editor'), await ask('DELETE', '/toys', 'nobody')];

    expect(answers.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([
      [405, 'GET, HEAD, PUT'],
      [405, 'GET, HEAD'],
    ]);
    expect(answers[0]!.body).toEqual({ error: { code: 'no_method', message: 'POST is not allowed' } });
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
