import { keyedRequest } from '../../access/once';
import type { KeyedRequest } from '../../db/idempotency';
import type { Call } from './endpoint';

/**
 * The request under the key of its `Idempotency-Key` header, if it has one.
 *
 * @throws GantryError `invalid` for a key that is none
 */
export function keyedBy(
  { header, caller, project, ids }: Call,
  endpoint: string,
  input: object,
): KeyedRequest | undefined {
  const key = header('idempotency-key');
  if (key === undefined) return undefined;
  const owner = { appCode: caller.app.code, username: caller.username, projectId: project.id };
  return keyedRequest(owner, key, { endpoint: `v1 ${endpoint}`, ids, input });
}
