import type { Context } from 'hono';
import type { Caller } from '../../access/caller';
import type { Place } from '../../access/permission';
import { GantryError, wrongField } from '../../base/error';
import { listProjectsWithBusiness } from '../../db/projects';
import { MAX_INTEGER } from '../../db/schema';
import type { Services } from '../../tasks/services';
import type { Body, RequestPlace } from '../family';
import type { Legacy } from '../legacy';
import type { ServedEndpoint } from './endpoint';
import { isByAddress } from './who';

/** The header by which a request says its project. */
const PROJECT = 'X-Gantry-Project';

/** Nothing has it. */
const NO_ID = -1;

/** The id that `X-Gantry-Project` names. */
export function peekProjectId(context: Context): number | undefined {
  const given = context.req.header(PROJECT)?.trim() ?? '';
  return /^\d{1,10}$/.test(given) && Number(given) <= MAX_INTEGER ? Number(given) : undefined;
}

/**
 * What a request is about. Ids that its path has not may stand in the query or the body (orion §0).
 *
 * @throws GantryError `invalid` for ids that are none and where no project is named and there are several; `forbidden` when
 *   another project is named than the client's address stands for
 */
export async function readPlace(
  context: Context,
  endpoint: ServedEndpoint,
  { caller, fields }: Body & { caller: Caller },
  { db }: Services,
  legacy: Legacy,
): Promise<RequestPlace> {
  const given = endpoint.parameters.map(
    (name) => [name, context.req.param(name) ?? fields[name] ?? fields.id ?? ''] as const,
  );
  const ids = given.filter(([name]) => isOfId(name)).map(([name, id]) => [name, readId(endpoint, name, id)] as const);
  const names = given.filter(([name]) => !isOfId(name)).map(([name, text]) => [name, String(text)] as const);
  const id = await readProject(context, caller, db, legacy);
  return { ids: Object.fromEntries(ids), names: Object.fromEntries(names), place: placeOf(id) };
}

function placeOf(id: number): Place {
  return { id, isAt: (project) => project.id === id, text: `project ${id}` };
}

/** Whether a parameter of a path is an id. */
export function isOfId(parameter: string): boolean {
  return /(^|_)(id|nsid)$/.test(parameter);
}

function readId({ badId }: ServedEndpoint, field: string, given: unknown): number {
  const text = typeof given === 'number' || typeof given === 'string' ? String(given).trim() : '';
  if (/^-?\d{1,18}$/.test(text)) return Number(text) >= 0 && Number(text) <= MAX_INTEGER ? Number(text) : NO_ID;
  const message = badId?.(text) ?? 'id is error !';
  throw wrongField(message, { code: 'malformed', args: { field, wanted: 'integer' } });
}

/** By the header, else as the client's address or app has it, else the only one that the caller has (orion §0). */
async function readProject(context: Context, caller: Caller, db: Services['db'], legacy: Legacy): Promise<number> {
  const named = context.req.header(PROJECT)?.trim() ?? '';
  const entry = isByAddress((name) => context.req.header(name)) ? legacy.entryOf(context) : undefined;
  if (named !== '') {
    const id = peekProjectId(context);
    if (id === undefined) {
      const reason = { code: 'malformed', args: { field: PROJECT, wanted: 'integer' } } as const;
      throw wrongField(`${PROJECT} is not the id of a project`, reason);
    }
    if (entry && entry.projectId !== id) {
      throw new GantryError('forbidden', `your address stands for project ${entry.projectId} alone`);
    }
    return id;
  }
  return entry?.projectId ?? legacy.projectOf(caller.app.code) ?? (await onlyProjectOf(db, caller));
}

async function onlyProjectOf(db: Services['db'], { app, username }: Caller): Promise<number> {
  const of = { username: app.trusted ? undefined : username, after: 0, limit: 2 };
  const [project, another] = await listProjectsWithBusiness(db, of);
  if (project && !another) return project.id;
  const why = project ? `${username} has more than one project` : `${username} has no project`;
  throw wrongField(`${why}: send the header ${PROJECT} with the id of one`, {
    code: 'required',
    args: { field: PROJECT },
  });
}
