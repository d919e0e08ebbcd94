import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { GantryError } from '../../base/error';
import { stringifyJson } from '../../base/json';
import { MAX_INTEGER } from '../../db/schema';
import { CREDENTIAL_FIELDS } from '../credentials';
import type { Body, Fields } from '../family';
import { reasonOfIssue } from '../issue-reason';
import type { Endpoint, PathId } from './endpoint';
import { describeIssue, fieldValue, howSent, isNothing } from './field-value';

/** Fields that say where, besides the path. Endpoints without a project may have them as their own. */
export const PLACE_FIELDS = ['project_id', 'scope'] as const;

/** The ids of an endpoint's path: from the path, or from the fields in the ESB style. */
export function readIds(context: Context, path: readonly PathId[], fields: Fields): Record<PathId, number> {
  const read = (id: PathId) => {
    const given = givenId(context, id, fields);
    if (isId(given)) return given;
    const args = { field: id };
    if (given === undefined || given === null) {
      throw new GantryError('invalid', `${id} is missing`, { reason: { code: 'required', args } });
    }
    const message = `${id} is not an id: ${stringifyJson(given)}`;
    throw new GantryError('invalid', message, { reason: { code: 'malformed', args } });
  };
  return Object.fromEntries(path.map((id) => [id, read(id)])) as Record<PathId, number>;
}

/** The project id of a request, of whose fields not all may be known yet. */
export function peekProjectId(context: Context, fields: Fields): number | undefined {
  const given = givenId(context, 'bk_biz_id', fields);
  return isId(given) ? given : undefined;
}

function givenId(context: Context, id: PathId, fields: Fields): unknown {
  const given = context.req.param(id) ?? fields[id] ?? (id === 'bk_biz_id' ? fields.project_id : undefined);
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER;
}

/**
 * The input of an endpoint, the same however it was sent (`field-value.ts`). What says nothing (null, in a form the empty
 * text) is as good as missing where it means nothing else.
 *
 * @throws GantryError `invalid`, naming every field that is wrong
 */
export function readInput(endpoint: Endpoint, body: Body): Record<string, unknown> {
  const elsewhere = new Set<string>([...CREDENTIAL_FIELDS, ...endpoint.path, ...placeFields(endpoint)]);
  const own = Object.entries(body.fields).filter(([name]) => !elsewhere.has(name));
  const sent = howSent(endpoint, body);
  const shape: Record<string, z.ZodType | undefined> = endpoint.input.shape;
  const given = own.flatMap(([name, value]): [string, unknown][] => {
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (!field) return [[name, value]];
    return isNothing(field, value, body) ? [] : [[name, fieldValue(field, value, sent(name))]];
  });
  const sentFields = Object.fromEntries(given);
  const parsed = endpoint.input.safeParse(sentFields);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    message: describeIssue(issue, body.fields[String(issue.path[0])], body),
  }));
  const message = details.map((detail) => `'${detail.field}': ${detail.message}`).join('; ');
  throw new GantryError('invalid', message, {
    details,
    step: 'input',
    reason: reasonOfIssue(parsed.error.issues[0]!, sentFields),
  });
}

/** Of the query of a POST only what says who and where counts. */
export function placeAndCredentials(endpoint: Endpoint, query: Fields): Fields {
  const names = new Set<string>([...CREDENTIAL_FIELDS, ...endpoint.path, ...placeFields(endpoint)]);
  return Object.fromEntries(Object.entries(query).filter(([name]) => names.has(name)));
}

function placeFields({ path }: Endpoint): readonly string[] {
  return path.includes('bk_biz_id') ? PLACE_FIELDS : [];
}
