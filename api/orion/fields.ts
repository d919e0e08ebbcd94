import { z } from '@hono/zod-openapi';
import { parseJson } from '../../base/json';
import { MAX_INTEGER } from '../../db/schema';
import { inCase } from './input';

/** A text that need not be there; one that is null or not there is empty, as in the original (orion §0). */
export function text(max: number) {
  return z
    .preprocess(present, z.string().max(max))
    .optional()
    .transform((given) => given ?? '');
}

/** A text that has to be there, and is more than blanks. */
export function name(max: number) {
  return z.string().trim().min(1, 'it is empty').max(max);
}

/** A field that need not be there: absent, or null, it is not sent. */
export function optional<T extends z.ZodType>(field: T) {
  return z.preprocess(present, field.optional());
}

/** A whole number, or a text of one. What bounds it is said when it is read. */
export function whole({ min = 0, max = MAX_INTEGER }: { min?: number; max?: number } = {}) {
  return z.preprocess(numeric, z.number().int().min(min).max(max));
}

/** One that need not be there; absent, null or empty: 0. */
export function wholeOrNone(bounds: { min?: number; max?: number } = {}) {
  return z.preprocess((given) => (isNone(given) ? 0 : given), whole(bounds));
}

/** A list: as it is, as the text of one in JSON, or joined by commas (orion §0). */
export function list<T extends z.ZodType>(item: T, max: number) {
  return z.preprocess(listed, z.array(item).max(max));
}

/** An object with the names of its fields in any case, as those of a request are read. */
export function inAnyCase<T extends z.ZodRawShape>(schema: z.ZodObject<T>) {
  const names = Object.keys(schema.shape);
  return z.preprocess((given) => (isObject(given) ? inCase(given, names) : given), schema);
}

/** One that says nothing where it is absent or null, so that what there is stays. */
export function maybe<T extends z.ZodType>(schema: T) {
  return z.preprocess(present, schema.optional()).optional();
}

/** Absent where a client sends null. */
export function present(given: unknown): unknown {
  return given === null ? undefined : given;
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function isNone(given: unknown): boolean {
  return given === undefined || given === null || given === '';
}

function numeric(given: unknown): unknown {
  return typeof given === 'string' && /^\s*-?\d{1,15}\s*$/.test(given) ? Number(given) : given;
}

function listed(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  const text = given.trim();
  if (!text.startsWith('[')) return text === '' ? [] : text.split(',').map((part) => part.trim());
  try {
    return parseJson(text);
  } catch {
    return given;
  }
}
