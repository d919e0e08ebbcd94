import { GantryError } from '../../base/error';
import type { Body, Fields } from '../family';
import { invalidInput } from '../issue-reason';
import { requirePlain } from '../plain-fields';
import type { ServedEndpoint } from './endpoint';

/**
 * The input of an endpoint: fields that it does not know are passed over, and the case of names does not count (orion §0).
 *
 * @throws GantryError `invalid` of step `input`, with the reason of the first field that is wrong, and all in its details
 */
export function readInput({ input, needsBody }: ServedEndpoint, { fields }: Body): Fields {
  const own = inCase(fields, Object.keys(input.shape));
  if (needsBody && Object.keys(fields).length === 0) {
    const reason = { code: 'required', args: { field: 'body' } } as const;
    throw new GantryError('invalid', 'the body is empty: send a JSON object', { step: 'input', reason });
  }
  requirePlain(own);
  const parsed = input.safeParse(own);
  if (parsed.success) return parsed.data as Fields;
  throw invalidInput(parsed.error.issues, own);
}

/**
 * Fields by the names that are known; one as it is known goes before those in another case, or without its underscores.
 *
 * @example inCase({ Name: 'a', NodeIp: 'b', other: 1 }, ['name', 'node_ip']) // { name: 'a', node_ip: 'b' }
 */
export function inCase(fields: Fields, names: readonly string[]): Fields {
  const fold = (name: string) => name.toLowerCase().replaceAll('_', '');
  const known = new Map(names.map((name) => [fold(name), name]));
  const read: Fields = {};
  for (const [given, value] of Object.entries(fields)) {
    const name = known.get(fold(given));
    if (name !== undefined && (given === name || !Object.hasOwn(fields, name))) read[name] = value;
  }
  return read;
}
