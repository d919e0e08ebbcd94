import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { MAX_INTEGER } from '../../db/schema';
import { GantryError } from '../../tasks/error';
import { CREDENTIAL_FIELDS } from './credentials';
import type { Endpoint, PathId } from './endpoint';
import { isText } from './text';

/** Fields of a request by name. */
export type Fields = Record<string, unknown>;

/** What a body says, or why it says nothing. */
export interface Body {
  fields: Fields;
  problem?: GantryError;
  /** Its values are texts, whatever they stand for. */
  isForm: boolean;
  bytes: number;
}

export const NO_BODY: Body = { fields: {}, isForm: false, bytes: 0 };

/**
 * Reads a body: a JSON object, whatever the content type, or a form.
 *
 * @throws GantryError `too_large`
 */
export async function readBody(context: Context, maxBytes: number): Promise<Body> {
  requireSize(Number(context.req.header('content-length') ?? 0), maxBytes);
  const text = await context.req.text();
  const bytes = Buffer.byteLength(text);
  requireSize(bytes, maxBytes);
  const start = text.trimStart()[0];
  if (start === undefined) return NO_BODY;
  // curl -d says "form" of JSON too.
  const type = context.req.header('content-type') ?? '';
  if (type.startsWith('application/x-www-form-urlencoded') && start !== '{' && start !== '[') {
    return { fields: Object.fromEntries(new URLSearchParams(text)), isForm: true, bytes };
  }
  const body = parse(text);
  const problem = (message: string) => ({ ...NO_BODY, bytes, problem: new GantryError('invalid', message) });
  if (body === undefined) return problem('invalid json format');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return problem('request body must be a object');
  return { fields: body as Fields, isForm: false, bytes };
}

/** @throws GantryError `too_large` */
export function requireSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw tooLarge(maxBytes);
}

export function tooLarge(maxBytes: number): GantryError {
  return new GantryError('too_large', `the body is larger than ${maxBytes} bytes`);
}

/** Text fields that a database would not take. */
export function requireText(fields: Fields): void {
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value === 'string' && !isText(value)) {
      throw new GantryError('invalid', `${field} holds characters that are no text`);
    }
  }
}

/** The ids of an endpoint's path: from the path, or from the fields in the ESB style. */
export function readIds(context: Context, path: readonly PathId[], fields: Fields): Record<PathId, number> {
  const read = (id: PathId) => {
    const given = givenId(context, id, fields);
    if (isId(given)) return given;
    throw new GantryError(
      'invalid',
      given === undefined || given === null ? `${id} is missing` : `${id} is not an id: ${JSON.stringify(given)}`,
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
  return typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER;
}

/**
 * The input of an endpoint. Null is as good as nothing where it means nothing else; what a form says as text may be JSON.
 *
 * @throws GantryError `invalid`, naming every field that is wrong
 */
export function readInput(endpoint: Endpoint, fields: Fields, { isForm }: Body): Record<string, unknown> {
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

/** Fields that say where, besides the path; endpoints without a project may have them as their own. */
function placeFields({ path }: Endpoint): string[] {
  return path.includes('bk_biz_id') ? ['project_id', 'scope'] : [];
}

function accepts(field: z.ZodType, value: unknown): boolean {
  return field.safeParse(value).success;
}

/** undefined when it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
