import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AppRecord } from '../../db/access';
import { type EnteredProject, findAdmission } from '../../db/admission';
import type { Actor } from '../../tasks/actor';
import { GantryError } from '../../tasks/error';
import type { Services } from '../../tasks/services';
import type { RateLimiter } from '../rate-limit';
import {
  authenticateApp,
  authenticateUser,
  type Credentials,
  headerCredentials,
  namesCaller,
  readClaim,
} from './credentials';
import { describe } from './describe';
import type { Call, Caller, Endpoint } from './endpoint';
import { CODES } from './envelope';
import {
  type Body,
  type Fields,
  NO_BODY,
  peekProjectId,
  placeAndCredentials,
  readBody,
  readIds,
  readInput,
  requireSize,
  requireText,
} from './fields';
import { authorise, enterProject, findProjects } from './permission';
import { readPlace } from './project';

/** What every request goes through. */
export interface Door {
  services: Services;
  limiter: RateLimiter;
  /** Of apps without a limit of their own. */
  maxBodyBytes: number;
}

/** Serves an endpoint at both path styles and describes it in the OpenAPI document. */
export function mount(app: OpenAPIHono, door: Door, endpoint: Endpoint): void {
  const serve = (context: Context) => answer(context, door, endpoint);
  // The router leaves slashes at the end out of paths; clients send them.
  const appPath = `/apigw/${endpoint.name}${endpoint.path.map((id) => `/:${id}{[0-9]+}`).join('')}`;
  const esbPath = `/api/c/compapi/v2/sops/${endpoint.name}`;
  for (const path of [appPath, esbPath]) {
    app.on(endpoint.method, path, serve);
    app.all(path, (context) => context.json(notAllowed(context), 405));
  }
  describe(app, endpoint);
}

async function answer(context: Context, door: Door, endpoint: Endpoint): Promise<Response> {
  const { services } = door;
  const { caller, fields, body, ...admitted } = await admit(context, door, endpoint);
  if (body.problem) throw body.problem;
  requireText(fields);
  const ids = readIds(context, endpoint.path, fields);
  let project: EnteredProject | undefined;
  if (endpoint.path.includes('bk_biz_id')) {
    const isLookedUp = ids.bk_biz_id === admitted.projectId;
    const projects = isLookedUp ? admitted.projects : await findProjects(services.db, caller, ids.bk_biz_id);
    project = enterProject(caller, endpoint.needs, readPlace(ids.bk_biz_id, fields.scope), projects);
  } else {
    authorise(caller, endpoint.needs, undefined);
  }
  const input = readInput(endpoint, fields, body);
  const actor: Actor = { username: caller.username, appCode: caller.app.code, source: 'api' };
  const header = (name: string) => context.req.header(name);
  // Endpoints without a project in their path are defined with a call that has none.
  const call: Call = { services, caller, actor, ids, header, project: project! };
  const { data, message, beside } = await endpoint.run(call, input);
  return context.json({
    result: true,
    code: CODES.success,
    message: message ?? 'success',
    ...(data === undefined ? {} : { data }),
    ...beside,
    request_id: context.get('requestId'),
  });
}

interface Recognised {
  caller: Caller;
  app: AppRecord;
  /** The project id as far as it was known, and those that it may mean. */
  projectId: number | undefined;
  projects: EnteredProject[];
}

interface Admitted extends Recognised {
  /** Of the body of a POST, of the query of a GET; credentials are among them. */
  fields: Fields;
  body: Body;
}

/** Who it is comes first: nobody's body is read or judged before that, unless it has to tell. */
async function admit(context: Context, door: Door, endpoint: Endpoint): Promise<Admitted> {
  const header = headerCredentials(context.req.header('x-bkapi-authorization'));
  const query = context.req.query();
  // A HEAD is served as the GET that it is.
  if (endpoint.method === 'get') {
    const recognised = await recognise(context, door, query, header);
    return { ...recognised, fields: query, body: NO_BODY };
  }
  const outside = placeAndCredentials(endpoint, query);
  if (namesCaller({ ...outside, ...header })) {
    const recognised = await recognise(context, door, outside, header);
    const body = await readBody(context, recognised.app.max_body_bytes ?? door.maxBodyBytes);
    return { ...recognised, fields: { ...outside, ...body.fields }, body };
  }
  const body = await readBody(context, door.maxBodyBytes);
  const fields = { ...outside, ...body.fields };
  const recognised = await recognise(context, door, fields, header).catch(addCause(body.problem));
  requireSize(body.bytes, recognised.app.max_body_bytes ?? door.maxBodyBytes);
  return { ...recognised, fields, body };
}

async function recognise(
  context: Context,
  { services: { db }, limiter }: Door,
  fields: Fields,
  header: Credentials,
): Promise<Recognised> {
  const given = { ...fields, ...header };
  const claim = await readClaim(db, given);
  const projectId = peekProjectId(context, fields);
  const admission = await findAdmission(db, { ...claim, projectId });
  const app = authenticateApp(admission, claim);
  const retryAfterSeconds = limiter.take(app.code, app.requests_per_second);
  if (retryAfterSeconds > 0) {
    throw new GantryError('too_many', `app ${app.code} sends too many requests: go on in ${retryAfterSeconds} s`, {
      retryAfterSeconds,
    });
  }
  const username = await authenticateUser(db, app, admission, claim, given);
  const caller = { username, app: { code: app.code, trusted: app.trusted } };
  return { caller, app, projectId, projects: admission.projects };
}

/** Credentials that are not found may be in a body that could not be read. */
function addCause(problem: GantryError | undefined) {
  return (error: unknown): never => {
    if (!problem || !(error instanceof GantryError)) throw error;
    throw new GantryError(error.kind, `${error.message} (${problem.message})`, { cause: error });
  };
}

function notAllowed(context: Context) {
  const message = `${context.req.method} is not allowed`;
  return { result: false, code: CODES.invalidOperation, message, data: null, request_id: context.get('requestId') };
}
