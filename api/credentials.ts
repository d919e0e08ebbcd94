import type { Credentials } from '../access/authenticate';
import { GantryError } from '../base/error';
import { topMembers } from './body/members';

/** Fields that name the caller: they never reach a handler. */
export const CREDENTIAL_FIELDS = ['bk_app_code', 'bk_app_secret', 'bk_token', 'bk_username', 'bk_ticket'] as const;

/**
 * Reads the gateway's header (bk-sops §10); without it, or when it is empty, there are no credentials in it.
 *
 * @throws GantryError `unauthenticated`
 */
export function headerCredentials(header: string | undefined): Credentials {
  if (header === undefined || header.trim() === '') return {};
  const { members, problem } = topMembers(header, CREDENTIAL_FIELDS);
  if (problem === undefined) return members;
  throw new GantryError('unauthenticated', 'X-Bkapi-Authorization is not a JSON object', {
    reason: { code: 'malformed', args: { field: 'X-Bkapi-Authorization' } },
  });
}

/** Whether there is all that a caller can be known by: no need to look into the body for more. */
export function namesCaller({ bk_app_code, bk_app_secret, bk_token, bk_username }: Credentials): boolean {
  return [bk_app_code, bk_app_secret, bk_token ?? bk_username].every((field) => field !== undefined);
}
