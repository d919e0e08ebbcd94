import { keyedRequest } from '../access/once';
import { GantryError } from '../base/error';
import type { EnteredProject } from '../db/admission';
import type { KeyedRequest } from '../db/idempotency';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';
import type { DoorCall } from './endpoint';

/**
 * What is asked for under the key of the `Idempotency-Key` header, if there is one.
 *
 * @param request all that makes it this request and no other
 * @throws GantryError `invalid` for a key that is none
 */
export function keyed(
  { header, caller, project }: Pick<DoorCall, 'header' | 'caller'> & { project: Pick<EnteredProject, 'id'> },
  request: object,
): KeyedRequest | undefined {
  const key = header('idempotency-key');
  if (key === undefined) return undefined;
  // Fields of a form are parsed one by one: each may be as deep as a body.
  if (isDeeperThan(request, MAX_JSON_DEPTH)) {
    throw new GantryError('invalid', `the body is nested deeper than ${MAX_JSON_DEPTH} levels`, { step: 'key' });
  }
  return keyedRequest({ appCode: caller.app.code, username: caller.username, projectId: project.id }, key, request);
}
