import type { KeyedRequest } from '../../../db/idempotency';
import { keyed } from '../../keyed';
import type { Call } from '../endpoint';

/** The request under its key, if it has one. @throws GantryError `invalid` for a key that is none */
export function keyedBy(call: Call, endpoint: string, input: object): KeyedRequest | undefined {
  const { project, ids } = call;
  return keyed(call, { endpoint, project: project.id, ids, input });
}
