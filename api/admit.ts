import type { Context } from 'hono';
import {
  authenticateApp,
  authenticateUser,
  type Credentials,
  readCaller,
  type UnprovenCaller,
} from '../access/authenticate';
import type { Caller } from '../access/caller';
import { GantryError } from '../base/error';
import type { AppRecord } from '../db/access';
import { type Admission, type EnteredProject, findAdmission } from '../db/admission';
import type { Services } from '../tasks/services';
import { formFields, isForm, isMultipart, NOT_MULTIPART, repeatedIn } from './body/form';
import { topMembers } from './body/members';
import { parseBody } from './body/parse';
import { readBody, readStart, requireLength, requireSize, type Start } from './body/read';
import { namesCaller } from './credentials';
import type { DoorEndpoint } from './endpoint';
import { isOurs } from './failure';
import type { FairLimiter } from './fair-limit';
import type { Body, Family, Fields } from './family';
import type { Strangers } from './strangers';

/** As much of a body as is read to find out who sends it. */
const OPEN_BYTES = 64 * 1024;

/** What finding out who sends a request takes. */
export interface Guard {
  services: Services;
  limiter: FairLimiter;
  strangers: Strangers;
  /** Empty when there is none to be had. */
  addressOf(context: Context): string;
  /** Of apps without a limit of their own; none may send more. */
  maxBodyBytes: number;
  /** Aborted when the process is to end. */
  stopping: AbortSignal;
}

/** Somebody who is known, and what they sent. */
export interface Admitted extends Body {
  caller: Caller;
  /** The project id as far as it was known before the body was, and the projects that it may mean. */
  projectId: number | undefined;
  projects: EnteredProject[];
}

/** What was heard before anything was believed. */
interface Heard {
  given: Credentials;
  outside: Fields;
  projectId: number | undefined;
  /** Of a body in which the credentials were looked for. */
  start?: Start;
  /** Why a body said less than it may hold. */
  problem?: string;
}

/** An app that has proved itself. */
interface Known extends Heard {
  app: AppRecord;
  unproven: UnprovenCaller;
  admission: Admission;
}

/**
 * Finds out who sends a request, and only then reads what they sent: nothing of a stranger's is parsed.
 *
 * @throws GantryError `unauthenticated`, `forbidden`, `too_many`, `too_large`, `invalid`
 */
export async function admit<E extends DoorEndpoint>(
  context: Context,
  door: Guard,
  family: Family<E>,
  endpoint: E,
): Promise<Admitted> {
  if (hasBody(context, family)) requireLength(context, door.maxBodyBytes);
  const known = await recogniseApp(context, door, family, endpoint).catch((error: unknown) => {
    throw door.strangers.count(door.addressOf(context), error);
  });
  const caller = await recogniseUser(door, known);
  const { projectId, admission, outside } = known;
  const isQueryRead = () => family.readsQuery?.(context, endpoint) === true;
  const body = hasBody(context, family)
    ? await readRest(context, door, known, { isQueryRead, parse: family.parseBody ?? parseBody })
    : queryOf(context);
  return { ...body, fields: { ...outside, ...body.fields }, caller, projectId, projects: admission.projects };
}

function hasBody({ req }: Context, { readsBodyOfGet }: Pick<Family, 'readsBodyOfGet'>): boolean {
  if (req.method !== 'GET') return req.method !== 'HEAD';
  return readsBodyOfGet === true && saysLength(req);
}

/** A GET without a body says nothing of it. */
function saysLength(req: Context['req']): boolean {
  return Number(req.header('content-length') ?? 0) > 0 || req.header('transfer-encoding') !== undefined;
}

/** A query is a form that stands elsewhere. */
function queryOf({ req }: Context): Body {
  return { fields: req.query(), isForm: true, repeated: repeatedIn(Object.entries(req.queries())) };
}

async function recogniseApp<E extends DoorEndpoint>(
  context: Context,
  door: Guard,
  family: Family<E>,
  endpoint: E,
): Promise<Known> {
  const { strangers, services } = door;
  const { db } = services;
  const heard = await hear(context, door, family, endpoint);
  const { given, projectId, problem } = heard;
  strangers.requireRoom(door.addressOf(context), { code: given.bk_app_code, secret: given.bk_app_secret });
  try {
    const unproven = await readCaller(db, given);
    const admission = await findAdmission(db, { ...unproven, projectId });
    const app = authenticateApp(admission, unproven);
    strangers.remember(app.code, app.secret_hash);
    return { ...heard, app, unproven, admission };
  } catch (error) {
    // Credentials that are not found may be in a body that could not be read.
    if (problem === undefined || !isOurs(error)) throw error;
    throw error.as(error.kind, `${error.message} (${problem})`, 'body');
  }
}

/** What a request says of who sends it. The gateway's header goes before the body, and the body before the query. */
async function hear<E extends DoorEndpoint>(
  context: Context,
  { maxBodyBytes }: Guard,
  family: Family<E>,
  endpoint: E,
): Promise<Heard> {
  const query = context.req.query();
  const header = family.headerCredentials((name) => context.req.header(name), context);
  const outside = hasBody(context, family) ? family.outside(endpoint, query) : query;
  const told = (fields: Fields) => ({
    given: { ...fields, ...header },
    projectId: family.peekProjectId(context, fields),
    outside,
  });
  const isInBody = hasBody(context, family) && family.openFields.length > 0;
  if (!isInBody || namesCaller({ ...outside, ...header })) return told(outside);
  const start = await readStart(context, Math.min(OPEN_BYTES, maxBodyBytes));
  if (start.rest) requireSize(start.bytes + 1, maxBodyBytes);
  const contentType = context.req.header('content-type');
  if (isMultipart(contentType, start.text)) return { ...told(outside), start, problem: NOT_MULTIPART };
  const { fields, problem } = openFieldsOf(start, contentType, family.openFields);
  const heard = told({ ...outside, ...fields });
  if (start.rest && !namesCaller(heard.given)) {
    throw new GantryError(
      'too_large',
      `the body is larger than ${OPEN_BYTES} bytes, and the credentials are not in the first of them: send them in front of everything else, or in the header`,
    );
  }
  return { ...heard, start, ...(problem === undefined || start.rest ? {} : { problem }) };
}

function openFieldsOf({ text, rest }: Start, contentType: string | undefined, names: readonly string[]) {
  if (text.trim() === '') return { fields: {} };
  if (isForm(contentType, text)) return { fields: formFields(text, names, { isCut: rest !== undefined }) };
  const { members, problem } = topMembers(text, names);
  return { fields: members, ...(problem === undefined ? {} : { problem }) };
}

async function recogniseUser({ services: { db }, limiter }: Guard, { app, unproven, admission, given }: Known) {
  // A name that nobody has proved is nobody's: it takes nothing from the one whose name it is.
  const user = app.trusted || unproven.tokenProblem === undefined ? unproven.username : undefined;
  const retryAfterSeconds = limiter.take(app.code, user ?? '', app.requests_per_second);
  if (retryAfterSeconds > 0) {
    throw new GantryError('too_many', `app ${app.code} sends too many requests: go on in ${retryAfterSeconds} s`, {
      retryAfterSeconds,
    });
  }
  const username = await authenticateUser(db, app, admission, unproven, given);
  return { username, app: { code: app.code, trusted: app.trusted } };
}

async function readRest(
  context: Context,
  { maxBodyBytes }: Guard,
  { app, start }: Known,
  { isQueryRead, parse }: { isQueryRead(): boolean; parse: typeof parseBody },
): Promise<Body> {
  const maxBytes = Math.min(app.max_body_bytes ?? maxBodyBytes, maxBodyBytes);
  const whole = start?.rest ? await start.rest(maxBytes) : (start ?? (await readBody(context, maxBytes)));
  requireSize(whole.bytes, maxBytes);
  if (whole.text.trim() === '' && isQueryRead()) return queryOf(context);
  return parse(whole.text, context.req.header('content-type'));
}
