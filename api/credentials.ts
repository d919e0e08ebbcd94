import { type Credentials, TOKEN_ALONE } from '../access/authenticate';
import { BUILT_IN_APP } from '../access/caller';
import { GantryError } from '../base/error';
import { topMembers } from './body/members';

/** Fields that name the caller: they never reach a handler. */
export const CREDENTIAL_FIELDS = ['bk_app_code', 'bk_app_secret', 'bk_token', 'bk_username', 'bk_ticket'] as const;

type Header = (name: string) => string | undefined;

/**
 * Reads the gateway's header (bk-sops §10) and `Authorization: Bearer <bk_token>`, which without an app is of the built-in
 * one; without either, or when they are empty, there are no credentials in them.
 *
 * @throws GantryError `unauthenticated`
 */
export function headerCredentials(header: Header): Credentials {
  const gateway = gatewayCredentials(header('x-bkapi-authorization'));
  const token = /^Bearer +(\S+)\s*$/i.exec(header('authorization') ?? '')?.[1];
  if (token === undefined) return gateway;
  if (gateway.bk_app_code !== undefined) return { bk_token: token, ...gateway };
  return { bk_app_code: BUILT_IN_APP, bk_app_secret: TOKEN_ALONE, bk_token: token };
}

function gatewayCredentials(header: string | undefined): Credentials {
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
