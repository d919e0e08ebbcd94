import { type AppRecord, findApp, isKnownUser } from '../../db/access';
import type { Db } from '../../db/connection';
import { matchesSecret } from '../../db/secrets';
import { GantryError } from '../../tasks/error';
import { readToken, tokenKey } from '../../tasks/token';
import { ensureUser } from '../../tasks/users';
import { isText } from './text';

/** Fields that name the caller: they never reach a handler. */
export const CREDENTIAL_FIELDS = ['bk_app_code', 'bk_app_secret', 'bk_token', 'bk_username', 'bk_ticket'] as const;

/** What a caller sent as credentials: the gateway's header, and the fields of the ESB style (spec section 10). */
export type Credentials = Record<string, unknown>;

/**
 * Reads the gateway's header; without it there are none.
 *
 * @throws GantryError `unauthenticated`
 */
export function headerCredentials(header: string | undefined): Credentials {
  if (header === undefined) return {};
  const read = parse(header);
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Credentials;
  throw new GantryError('unauthenticated', 'X-Bkapi-Authorization is not a JSON object');
}

/** Whether there is all that a caller can be known by: no need to look into the body for more. */
export function namesCaller({ bk_app_code, bk_app_secret, bk_token, bk_username }: Credentials): boolean {
  return [bk_app_code, bk_app_secret, bk_token ?? bk_username].every((field) => field !== undefined);
}

/** @throws GantryError `unauthenticated`, naming the field */
export async function authenticateApp(db: Db, given: Credentials): Promise<AppRecord> {
  const code = requireField(given, 'bk_app_code');
  const secret = requireField(given, 'bk_app_secret');
  const app = await findApp(db, code);
  if (app && matchesSecret(secret, app.secret_hash)) return app;
  throw new GantryError('unauthenticated', 'bk_app_code or bk_app_secret is wrong');
}

/**
 * The user that an app calls for: the one whose token it has, or, of a trusted app, any that it names. Of the two at least
 * one has to be valid; users that trusted apps name are made where there are none.
 *
 * @throws GantryError `unauthenticated`; `forbidden` when the app may not name its user; `invalid` when the name is none
 */
export async function authenticateUser(db: Db, app: AppRecord, given: Credentials): Promise<string> {
  const { bk_token, bk_username } = given;
  const token = isGiven(bk_token)
    ? await readUserToken(db, bk_token)
    : { problem: 'bk_token or bk_username is missing' };
  if ('username' in token) {
    if (!isGiven(bk_username) || bk_username === token.username) return token.username;
    throw new GantryError('unauthenticated', `bk_token and bk_username name two users`);
  }
  if (bk_username !== undefined && bk_username !== null && app.trusted) {
    return ensureNamedUser(db, app, requireName(bk_username));
  }
  if (isGiven(bk_token) || !isGiven(bk_username)) throw new GantryError('unauthenticated', token.problem);
  throw new GantryError('forbidden', `app ${app.code} is not trusted to name its user by bk_username: send bk_token`);
}

async function readUserToken(db: Db, token: unknown): Promise<{ username: string } | { problem: string }> {
  const claims = typeof token === 'string' ? readToken(await tokenKey(db), token) : undefined;
  if (!claims) return { problem: 'bk_token is not valid' };
  if (claims.expiresAt * 1000 <= Date.now()) return { problem: 'bk_token has expired' };
  if (!(await isKnownUser(db, claims.username))) return { problem: `bk_token is of no known user: ${claims.username}` };
  return { username: claims.username };
}

async function ensureNamedUser(db: Db, app: AppRecord, username: string): Promise<string> {
  if (await isKnownUser(db, username)) return username;
  const actor = { username, appCode: app.code, source: 'api' };
  await db.transaction().execute((tx) => ensureUser(tx, username, actor));
  return username;
}

function requireName(username: unknown): string {
  if (typeof username === 'string' && isText(username) && username.trim() !== '') return username;
  const shown = JSON.stringify(username).slice(0, 100);
  throw new GantryError(
    'invalid',
    `username cannot be empty, make sure api gateway has sent correct params: bk_username is ${shown}`,
  );
}

function requireField(given: Credentials, field: string): string {
  const value = given[field];
  if (!isGiven(value)) throw new GantryError('unauthenticated', `${field} is missing`);
  if (typeof value === 'string' && isText(value)) return value;
  throw new GantryError('unauthenticated', `${field} is not a text`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
