import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { MAX_INTEGER } from '../../db/schema';
import type { Actor } from '../../tasks/actor';
import { GantryError } from '../../tasks/error';
import type { Services } from '../../tasks/services';
import { authenticate, CREDENTIAL_FIELDS } from './credentials';
import type { Call, Endpoint, PathId } from './endpoint';
import { CODES } from './envelope';
import { authorise } from './permission';
import { resolveProject } from './project';

/** Serves an endpoint at both path styles and describes it in the OpenAPI document. */
export function mount(app: OpenAPIHono, services: Services, endpoint: Endpoint): void {
  const serve = (context: Context) => answer(context, services, endpoint);
  // The router leaves slashes at the end out of paths; clients send them.
  const appPath = `/apigw/${endpoint.name}${endpoint.path.map((id) => `/:${id}{[0-9]+}`).join('')}`;
  const esbPath = `/api/c/compapi/v2/sops/${endpoint.name}`;
  for (const path of [appPath, esbPath]) {
    app.on(endpoint.method, path, serve);
    app.all(path, (context) => context.json(failure(`${context.req.method} is not allowed`), 405));
  }
  describe(app, endpoint);
}

async function answer(context: Context, services: Services, endpoint: Endpoint): Promise<Response> {
  const fields = await readFields(context);
  requireText(fields);
  const header = (name: string) => context.req.header(name);
  const caller = await authenticate(services.db, header('x-bkapi-authorization'), fields);
  const ids = readIds(context, endpoint.path, fields);
  const project = endpoint.path.includes('bk_biz_id')
    ? await resolveProject(services.db, ids.bk_biz_id, fields.scope)
    : undefined;
  await authorise(services.db, caller, endpoint.needs, project);
  const parsed = endpoint.input.safeParse(
    without(fields, [...CREDENTIAL_FIELDS, ...endpoint.path, ...placeFields(endpoint)]),
  );
  if (!parsed.success) throw invalidInput(parsed.error);
  const actor: Actor = { username: caller.username, appCode: caller.app.code, source: 'api' };
  // Endpoints without a project in their path are defined with a call that has none.
  const call: Call = { services, caller, actor, ids, header, project: project! };
  const { data, message, beside } = await endpoint.run(call, parsed.data);
  return context.json({
    result: true,
    code: CODES.success,
    message: message ?? 'success',
    ...(data === undefined ? {} : { data }),
    ...beside,
    request_id: context.get('requestId'),
  });
}

/** Fields that say where, besides the path; endpoints without a project may have them as their own. */
function placeFields({ path }: Endpoint): string[] {
  return path.includes('bk_biz_id') ? ['project_id', 'scope'] : [];
}

/** The body of a POST, the query of a GET: one object. */
async function readFields(context: Context): Promise<Record<string, unknown>> {
  if (context.req.method === 'GET') return context.req.query();
  const text = await context.req.text();
  if (text.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new GantryError('invalid', 'invalid json format', { cause });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GantryError('invalid', 'request body must be a object');
  }
  return body as Record<string, unknown>;
}

/** NUL and halves of surrogate pairs fit into no database and no message of Temporal's. */
function requireText(fields: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'string' && /[\0\p{Surrogate}]/u.test(value)) {
      throw new GantryError('invalid', `${field} holds characters that are no text`);
    }
  }
}

function readIds(context: Context, path: readonly PathId[], fields: Record<string, unknown>): Record<PathId, number> {
  const read = (id: PathId) => {
    const given = context.req.param(id) ?? fields[id] ?? (id === 'bk_biz_id' ? fields.project_id : undefined);
    const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER) return value;
    throw new GantryError(
      'invalid',
      given === undefined ? `${id} is missing` : `${id} is not an id: ${JSON.stringify(given)}`,
    );
  };
  return Object.fromEntries(path.map((id) => [id, read(id)])) as Record<PathId, number>;
}

function invalidInput(error: z.ZodError): GantryError {
  const details = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const message = `invalid params: ${details.map((detail) => `'${detail.field}': ${detail.message}`).join('; ')}`;
  return new GantryError('invalid', message, { details });
}

function without(fields: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function failure(message: string) {
  return { result: false, code: CODES.invalidOperation, message, data: null };
}

/** Both styles of the endpoint in the document; ids and credentials are fields in the ESB style. */
function describe(app: OpenAPIHono, { name, method, path, summary, input, data, beside }: Endpoint): void {
  const response = z.object({
    result: z.boolean(),
    code: z.number().int(),
    message: z.string(),
    data: data.nullable().optional(),
    ...beside,
    request_id: z.string().optional(),
  });
  const responses = {
    200: { description: 'The answer; `result` tells success', content: { 'application/json': { schema: response } } },
    401: { description: 'Unknown app or user' },
    403: { description: 'The app or user may not do this' },
    503: { description: 'No worker answers: the request may be repeated' },
  };
  const header = z.object({
    'x-bkapi-authorization': z.string().describe('{"bk_app_code","bk_app_secret","bk_username"} as JSON'),
  });
  const id = z.string().regex(/^\d+$/);
  const params = z.object(Object.fromEntries(path.map((key) => [key, id])));
  const scoped = input.extend({ scope: z.string().optional() });
  const flat = scoped.extend({
    bk_app_code: z.string(),
    bk_app_secret: z.string(),
    bk_username: z.string(),
    ...Object.fromEntries(path.map((key) => [key, z.union([z.string(), z.number()])])),
  });
  const carry = (schema: z.ZodObject) =>
    method === 'get' ? { query: schema } : { body: { content: { 'application/json': { schema } }, required: true } };
  const common = { method, summary, responses, tags: ['bk-sops'] };
  const appPath = `/apigw/${name}/${path.map((key) => `{${key}}/`).join('')}`;
  app.openAPIRegistry.registerPath({
    ...common,
    path: appPath,
    request: { params, headers: header, ...carry(scoped) },
  });
  app.openAPIRegistry.registerPath({ ...common, path: `/api/c/compapi/v2/sops/${name}/`, request: carry(flat) });
}
