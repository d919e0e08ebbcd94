import { CREDENTIAL_FIELDS } from '../credentials';
import type { Body, Fields } from '../family';
import { invalidInput } from '../issue-reason';
import { requirePlain } from '../plain-fields';
import type { ServedEndpoint } from './endpoint';
import { emptyBody, PLACE_FIELDS } from './place';

const ELSEWHERE = new Set<string>([...CREDENTIAL_FIELDS, ...PLACE_FIELDS]);

/**
 * The input of an endpoint.
 *
 * @throws GantryError `invalid` of step `input`, with the reason of the first field that is wrong, and all in its details
 */
export function readInput({ input, needsBody }: ServedEndpoint, { fields, isEmpty }: Body): Fields {
  if (needsBody && isEmpty) throw emptyBody();
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !ELSEWHERE.has(name)));
  requirePlain(own);
  const parsed = input.safeParse(own);
  if (parsed.success) return parsed.data as Fields;
  throw invalidInput(parsed.error.issues, own);
}
