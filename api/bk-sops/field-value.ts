import type { z } from '@hono/zod-openapi';
import { stringifyJson } from '../../base/json';
import { isOfNotFinite, parseJson } from '../body/parse';
import type { Body } from '../family';
import type { Endpoint } from './endpoint';

/** How a field came. */
interface Sent extends Pick<Body, 'isForm'> {
  name: string;
  /** All that a form or a query said of it, where that is more than one value. */
  repeated: readonly string[] | undefined;
  /** Whether its endpoint is one whose fields are the texts of a query by nature. */
  isOfQuery: boolean;
}

/** How the fields of a body, or a query, came to an endpoint. */
export function howSent(endpoint: Endpoint, { isForm, repeated }: Body): (name: string) => Sent {
  const isOfQuery = endpoint.method === 'get';
  return (name) => ({ name, isForm, repeated: repeated?.get(name), isOfQuery });
}

/**
 * A value in the form in which the schema of its field takes it, whichever way it travelled: in forms and queries numbers,
 * booleans and objects are texts, and lists are JSON, or a name that comes several times, or texts with commas between
 * them; in a JSON body a field of a query may be the number or boolean itself. A value that fits in no way stays as sent,
 * for the message.
 *
 * @throws GantryError `invalid` for a number that is not finite
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

function otherForms(value: unknown, { name, isForm, isOfQuery }: Sent): unknown[] {
  if (isForm && typeof value === 'string') {
    const read = parsed(value, name);
    return /^\s*[[{]/.test(value) ? [read] : [read, value.split(',').map((part) => part.trim())];
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
function parsed(text: string, name: string): unknown {
  try {
    return parseJson(text, [name]);
  } catch (error) {
    if (isOfNotFinite(error)) throw error;
    return undefined;
  }
}

const WANTED: Record<string, string> = { boolean: 'true or false', number: 'a number', int: 'a whole number' };

/** What is wrong with a field, in words that fit whoever sent a text for a number or a boolean, in a form or a query. */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown, { isForm }: Pick<Body, 'isForm'>): string {
  const wanted = issue.code === 'invalid_type' ? WANTED[issue.expected] : undefined;
  const isText = isForm && typeof value === 'string' && issue.path.length === 1;
  return wanted !== undefined && isText ? `${stringifyJson(value)} is not ${wanted}` : issue.message;
}
