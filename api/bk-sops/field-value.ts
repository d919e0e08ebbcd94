import type { z } from '@hono/zod-openapi';
import { parseJson } from '../body/parse';
import type { Body } from '../family';
import type { Endpoint } from './endpoint';

/** How a field came. */
interface Sent extends Pick<Body, 'isForm'> {
  /** All that a form or a query said of it, where that is more than one value. */
  repeated: readonly string[] | undefined;
  /** Whether its endpoint is one whose fields are the texts of a query by nature. */
  isOfQuery: boolean;
}

/** How the fields of a body, or a query, came to an endpoint. */
export function howSent(endpoint: Endpoint, { isForm, repeated }: Body): (name: string) => Sent {
  const isOfQuery = endpoint.method === 'get';
  return (name) => ({ isForm, repeated: repeated?.get(name), isOfQuery });
}

/**
 * A value in the form in which the schema of its field takes it, whichever way it travelled: in forms and queries numbers,
 * booleans and objects are texts, and lists are JSON, or a name that comes several times, or texts with commas between
 * them; in a JSON body a field of a query may be the number or boolean itself. A value that fits in no way stays as sent,
 * for the message.
 */
export function fieldValue(field: z.ZodType, value: unknown, sent: Sent): unknown {
  if (!sent.isForm && !sent.isOfQuery) return value;
  if (sent.repeated && accepts(field, sent.repeated)) return sent.repeated;
  if (accepts(field, value)) return value;
  return otherForms(value, sent).find((form) => form !== undefined && accepts(field, form)) ?? value;
}

/** Whether a value that says nothing may as well be missing. */
export function isNothing(field: z.ZodType, value: unknown, { isForm }: Pick<Sent, 'isForm'>): boolean {
  return (value === null || (isForm && value === '')) && !accepts(field, value) && accepts(field, undefined);
}

function otherForms(value: unknown, { isForm, isOfQuery }: Sent): unknown[] {
  if (isForm && typeof value === 'string') {
    return /^\s*[[{]/.test(value) ? [parsed(value)] : [parsed(value), value.split(',').map((part) => part.trim())];
  }
  return isOfQuery && isScalar(value) ? [String(value)] : [];
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

function accepts(field: z.ZodType, value: unknown): boolean {
  return field.safeParse(value).success;
}

/** undefined when it is no JSON, or too deep. */
function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
