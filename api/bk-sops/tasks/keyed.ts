import { keyedRequest } from '../../../access/once';
import { GantryError } from '../../../base/error';
import type { KeyedRequest } from '../../../db/idempotency';
import { isDeeperThan } from '../../../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../../../pipeline/tree/limits';
import type { Call } from '../endpoint';

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
  const request = { endpoint, project: project.id, ids, input };
  // Fields of a form are parsed one by one: each may be as deep as a body.
  if (isDeeperThan(request, MAX_JSON_DEPTH)) {
    throw new GantryError('invalid', `the body is nested deeper than ${MAX_JSON_DEPTH} levels`, { step: 'key' });
  }
  return keyedRequest(owner, key, request);
}
