import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { stringifyJson } from '../../base/json';
import { MAX_INTEGER } from '../../db/schema';
import { GantryError } from '../../tasks/error';
import { parseJson } from '../body/parse';
import { CREDENTIAL_FIELDS } from '../credentials';
import type { Body, Fields } from '../family';
import type { Endpoint, PathId } from './endpoint';

/** Fields that say where, besides the path. Endpoints without a project may have them as their own. */
export const PLACE_FIELDS = ['project_id', 'scope'] as const;

/** The ids of an endpoint's path: from the path, or from the fields in the ESB style. */
export function readIds(context: Context, path: readonly PathId[], fields: Fields): Record<PathId, number> {
  const read = (id: PathId) => {
    const given = givenId(context, id, fields);
    if (isId(given)) return given;
    throw new GantryError(
      'invalid',
      given === undefined || given === null ? `${id} is missing` : `${id} is not an id: ${stringifyJson(given)}`,
    );
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
 * The input of an endpoint. Null is as good as nothing where it means nothing else; what a form says as text may be JSON.
 *
 * @throws GantryError `invalid`, naming every field that is wrong
 */
export function readInput(endpoint: Endpoint, { fields, isForm }: Body): Record<string, unknown> {
  const elsewhere = new Set<string>([...CREDENTIAL_FIELDS, ...endpoint.path, ...placeFields(endpoint)]);
  const own = Object.entries(fields).filter(([name]) => !elsewhere.has(name));
  const shape: Record<string, z.ZodType | undefined> = endpoint.input.shape;
  const given = own.flatMap(([name, value]): [string, unknown][] => {
    const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (!field) return [[name, value]];
    if (value === null && !accepts(field, null) && accepts(field, undefined)) return [];
    return [[name, isForm && !accepts(field, value) ? (parse(value as string) ?? value) : value]];
  });
  const parsed = endpoint.input.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const message = `${endpoint.refusal ?? 'invalid params'}: ${details.map((detail) => `'${detail.field}': ${detail.message}`).join('; ')}`;
  throw new GantryError('invalid', message, { details });
}

/** Of the query of a POST only what says who and where counts. */
export function placeAndCredentials(endpoint: Endpoint, query: Fields): Fields {
  const names = new Set<string>([...CREDENTIAL_FIELDS, ...endpoint.path, ...placeFields(endpoint)]);
  return Object.fromEntries(Object.entries(query).filter(([name]) => names.has(name)));
}

function placeFields({ path }: Endpoint): readonly string[] {
  return path.includes('bk_biz_id') ? PLACE_FIELDS : [];
}

function accepts(field: z.ZodType, value: unknown): boolean {
  return field.safeParse(value).success;
}

/** undefined when it is no JSON, or too deep. */
function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
