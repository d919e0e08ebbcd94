import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Caller, Need } from '../access/caller';
import { authorise, enterProject, findProjects, type Place } from '../access/permission';
import { GantryError } from '../base/error';
import { isText } from '../base/text';
import type { EnteredProject } from '../db/admission';
import type { Services } from '../tasks/services';
import { type Admitted, admit, type Guard } from './admit';
import type { DoorEndpoint, Reply } from './endpoint';
import { failureOf } from './failure';
import type { Family, Fields } from './family';
import { reworded } from './wording';

/** Serves a family: each of its endpoints at each of its paths, and 405 for the methods that a path has not. */
export function openDoor<E extends DoorEndpoint>(app: OpenAPIHono, door: Guard, family: Family<E>): void {
  const methods = new Map<string, string[]>();
  for (const endpoint of family.endpoints) {
    for (const route of family.routesOf(endpoint)) {
      const { path } = route;
      app.on([...route.methods], path, (context) => serve(context, door, family, endpoint));
      // A HEAD is served as the GET that it is.
      const served = route.methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
      methods.set(path, [...(methods.get(path) ?? []), ...served]);
    }
    family.describe(app, endpoint);
  }
  for (const [path, allowed] of methods) app.all(path, (context) => refuseMethod(context, family, allowed));
}

/** The way of a request, in order: who, what they sent, where, may they, is it as it should be, the use case, the answer. */
async function serve<E extends DoorEndpoint>(
  context: Context,
  door: Guard,
  family: Family<E>,
  endpoint: E,
): Promise<Response> {
  const { services, stopping } = door;
  context.set('family', family.name);
  context.set('endpoint', endpoint);
  const admitted = await admit(context, door, family, endpoint);
  const { caller, fields } = admitted;
  requireText(fields);
  const { ids, names = {}, place } = await family.readPlace(context, endpoint, admitted, services);
  requireText(names);
  const project = await enter(door, endpoint.needs, admitted, place);
  const actor = { username: caller.username, appCode: caller.app.code, source: 'api' };
  const header = (name: string) => context.req.header(name);
  let input: Fields = {};
  try {
    input = family.readInput(endpoint, admitted);
    const reply = await endpoint.run({ services, caller, actor, ids, names, header, project, stopping }, input);
    return answer(context, family, reply);
  } catch (error) {
    throw reworded(error, endpoint.wording ?? [], { ids, project, input });
  }
}

async function enter(
  { services }: Guard,
  needs: Need,
  { caller, projectId, projects }: Pick<Admitted, 'projectId' | 'projects'> & { caller: Caller },
  place: Place | undefined,
): Promise<EnteredProject | undefined> {
  if (!place) {
    authorise(caller, needs, undefined);
    return undefined;
  }
  const candidates = place.id === projectId ? projects : await findProjects(services.db, caller, place.id);
  return enterProject(caller, needs, place, candidates);
}

function answer(context: Context, family: Pick<Family, 'succeed'>, reply: Reply): Response {
  if (reply.tag !== undefined) {
    context.header('ETag', reply.tag);
    // To be asked for again each time, and kept by nobody but the client.
    context.header('Cache-Control', 'private, no-cache');
    if (reply.isUnchanged) return context.body(null, 304);
  }
  return family.succeed(context, reply);
}

/** What went wrong, in the words and the envelope of a family. */
export function answerFailure(
  context: Context,
  family: Pick<Family, 'fail' | 'wording'>,
  error: Error,
  services: Pick<Services, 'log'>,
): Response {
  return family.fail(context, failureOf(reworded(error, family.wording ?? []), context, services));
}

function refuseMethod(context: Context, family: Pick<Family, 'fail'>, allowed: readonly string[]): Response {
  context.header('Allow', allowed.join(', '));
  return family.fail(context, { kind: 'no_method', message: `${context.req.method} is not allowed` });
}

/** Text fields that a database would not take. */
function requireText(fields: Fields): void {
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'string' && !isText(value)) {
      throw new GantryError('invalid', `${field} holds characters that are no text`, {
        reason: { code: 'malformed', args: { field, wanted: 'text' } },
      });
    }
  }
}
