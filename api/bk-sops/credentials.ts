import { findApp, isKnownUser } from '../../db/access';
import type { Db } from '../../db/connection';
import { matchesSecret } from '../../db/secrets';
import { GantryError } from '../../tasks/error';
import type { Caller } from './endpoint';

/** Fields that name the caller: they never reach a handler. */
export const CREDENTIAL_FIELDS = ['bk_app_code', 'bk_app_secret', 'bk_token', 'bk_username', 'bk_ticket'] as const;

/**
 * Tells who calls: from the gateway's header, or from the fields of the ESB style (spec section 10).
 *
 * @throws GantryError `unauthenticated`, naming the field
 */
export async function authenticate(
  db: Db,
  header: string | undefined,
  fields: Record<string, unknown>,
): Promise<Caller> {
  const given = { ...fields, ...parseHeader(header) };
  const appCode = text(given.bk_app_code, 'bk_app_code');
  const secret = text(given.bk_app_secret, 'bk_app_secret');
  const app = await findApp(db, appCode);
  if (app === undefined || !matchesSecret(secret, app.secret_hash)) {
    throw new GantryError('unauthenticated', 'bk_app_code or bk_app_secret is wrong');
  }
  const username = text(given.bk_username, 'bk_username');
  if (!(await isKnownUser(db, username)))
    throw new GantryError('unauthenticated', `bk_username ${username} is not a known user`);
  return { username, app: { code: app.code, trusted: app.trusted } };
}

function parseHeader(header: string | undefined): Record<string, unknown> {
  if (header === undefined) return {};
  try {
    return JSON.parse(header);
  } catch {
    throw new GantryError('unauthenticated', 'X-Bkapi-Authorization is not valid JSON');
  }
}

function text(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new GantryError('unauthenticated', `${field} is missing`);
}
