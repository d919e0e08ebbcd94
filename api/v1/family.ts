import type { Context } from 'hono';
import { GantryError, wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { MAX_INTEGER } from '../../db/schema';
import { headerCredentials } from '../credentials';
import type { Body, Family, Fields, RequestPlace } from '../family';
import { invalidInput } from '../issue-reason';
import { parametersOf, routed } from '../path';
import { requirePlain } from '../plain-fields';
import { accountEndpoints } from './accounts';
import { cloudEndpoints } from './clouds';
import { credentialEndpoints } from './credentials';
import { describe } from './describe';
import { isText, type ServedEndpoint } from './endpoint';
import { fail, succeed } from './envelope';
import { eventEndpoints } from './events';
import { hostGroupEndpoints } from './host-groups';
import { hostStepEndpoints } from './host-steps';
import { hostEndpoints } from './hosts';
import { probeEndpoints } from './probes';
import { processEndpoints } from './processes';
import { projectEndpoints } from './projects';
import { rolloutEndpoints } from './rollouts';
import { savedTaskEndpoints } from './saved-tasks';
import { sshProfileEndpoints } from './ssh-profiles';
import { taskEndpoints } from './tasks';
import { topologyEndpoints } from './topology';

/** Every endpoint of the family. */
export const endpoints: readonly ServedEndpoint[] = [
  ...projectEndpoints,
  ...cloudEndpoints,
  ...topologyEndpoints,
  ...hostEndpoints,
  ...probeEndpoints,
  ...hostGroupEndpoints,
  ...hostStepEndpoints,
  ...eventEndpoints,
  ...taskEndpoints,
  ...rolloutEndpoints,
  ...savedTaskEndpoints,
  ...processEndpoints,
  ...credentialEndpoints,
  ...sshProfileEndpoints,
  ...accountEndpoints,
];

/** Gantry's own API: what no other one has, for the command line, the page and scripts. */
export const v1: Family<ServedEndpoint> = {
  name: 'v1',
  owns: (path) => /^\/api\/v1(\/|$)/.test(path),
  endpoints,
  routesOf: ({ path, method }) => [{ path: `/api/v1${routed(path)}`, methods: [method] }],
  headerCredentials,
  openFields: [],
  outside: ({ method }, query) => (method === 'delete' ? query : {}),
  peekProjectId(context) {
    const id = readId(context.req.param('project_id'));
    return id < 0 ? undefined : id;
  },
  readPlace,
  readInput,
  succeed,
  fail,
  describe,
};

function readPlace(context: Context, endpoint: ServedEndpoint): RequestPlace {
  const parameters = parametersOf(endpoint);
  const names = Object.fromEntries(
    parameters.filter(isText).map((name) => [name, requireText(context, name)] as const),
  );
  const ids = Object.fromEntries(
    parameters.filter((name) => !isText(name)).map((name) => [name, requireId(context, name)]),
  );
  const { project_id: id } = ids;
  if (id === undefined) return { ids, names };
  return { ids, names, place: { id, isAt: (project) => project.id === id, text: `project ${id}` } };
}

function requireId(context: Context, name: string): number {
  const id = readId(context.req.param(name));
  if (id >= 0) return id;
  const message = `${name} is not an id: ${stringifyJson(context.req.param(name) ?? '')}`;
  throw wrongField(message, { code: 'malformed', args: { field: name, wanted: 'integer' } });
}

/** A node of a pipeline, as its tree names it. */
function requireText(context: Context, name: string): string {
  const text = context.req.param(name) ?? '';
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  const message = `${name} is not a name: ${stringifyJson(text.slice(0, 200))}`;
  throw wrongField(message, { code: 'malformed', args: { field: name, wanted: 'text' } });
}

/** -1 where there is none. */
function readId(text = ''): number {
  return /^\d{1,10}$/.test(text) && Number(text) <= MAX_INTEGER ? Number(text) : -1;
}

/** What comes several times in a query is the list of all its values. */
function readInput({ method, input }: ServedEndpoint, { fields: sent, isForm, repeated }: Body): Fields {
  if (isForm && method !== 'get' && method !== 'delete') {
    const reason = { code: 'unreadable', args: { what: 'body' } } as const;
    throw new GantryError('invalid', 'the body is a form: send a JSON object', { step: 'input', reason });
  }
  const fields: Fields = { ...sent, ...Object.fromEntries(repeated ?? []) };
  requirePlain(fields);
  const parsed = input.strict().safeParse(fields);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues, fields);
}
