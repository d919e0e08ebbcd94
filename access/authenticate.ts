import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import { isText } from '../base/text';
import type { AppRecord } from '../db/access';
import type { Admission } from '../db/admission';
import type { Db } from '../db/connection';
import { matchesSecret } from '../db/secrets';
import { transact } from '../db/transaction';
import { readToken, tokenKey } from './token';
import { ensureUser } from './users';

/**
 * What a caller sent to be known by, whichever way it came: `bk_app_code` and `bk_app_secret`, and `bk_token` or
 * `bk_username` (bk-sops §10). Values may be anything.
 */
export type Credentials = Record<string, unknown>;

/** Stands for the secret of the built-in app, which has none: nothing that is sent can be this. */
export const TOKEN_ALONE = Symbol('a token alone');

/** Stands for the secret of an app that an installation has a client's address stand for. */
export const BY_ADDRESS = Symbol('an address alone');

export const NAMES_NOBODY = 'bk_username names nobody';

/** Who a caller says it is: nothing of it is proved yet. */
export interface UnprovenCaller {
  appCode: string;
  secret: string | typeof TOKEN_ALONE | typeof BY_ADDRESS;
  /** The user of its token, else the one it names; undefined when there is neither, or the name is no text. */
  username: string | undefined;
  /** Why there is no user to be had from its token. */
  tokenProblem?: string;
}

/**
 * Reads who a caller says it is; of that only the token is looked into.
 *
 * @throws GantryError `unauthenticated`, naming the field of the app
 */
export async function readCaller(db: Db, given: Credentials): Promise<UnprovenCaller> {
  const { bk_username } = given;
  const app: Pick<UnprovenCaller, 'appCode' | 'secret'> = {
    appCode: requireField(given, 'bk_app_code'),
    secret: requireSecret(given),
  };
  const token = await readUserToken(db, given.bk_token);
  if ('username' in token) return { ...app, username: token.username };
  const username = typeof bk_username === 'string' && isText(bk_username) ? bk_username : undefined;
  return { ...app, username, tokenProblem: token.problem };
}

/** @throws GantryError `unauthenticated` */
export function authenticateApp({ app }: Admission, { secret, tokenProblem }: UnprovenCaller): AppRecord {
  if (app && secret === TOKEN_ALONE) {
    if (tokenProblem !== undefined) throw new GantryError('unauthenticated', tokenProblem);
    return { ...app, trusted: false };
  }
  if (app && secret === BY_ADDRESS) return app;
  if (app && typeof secret === 'string' && matchesSecret(secret, app.secret_hash)) return app;
  throw new GantryError('unauthenticated', 'bk_app_code or bk_app_secret is wrong');
}

/**
 * The user that an app calls for: the one whose token it has, or, of a trusted app, any that it names. Of the two at least
 * one has to be valid; users that trusted apps name are made where there are none.
 *
 * @throws GantryError `unauthenticated`; `forbidden` when the app may not name its user; `invalid` when the name is none
 */
export async function authenticateUser(
  db: Db,
  app: AppRecord,
  { isKnownUser }: Admission,
  unproven: UnprovenCaller,
  { bk_token, bk_username }: Credentials,
): Promise<string> {
  const { username = '', tokenProblem = isKnownUser ? undefined : `bk_token is of no known user: ${username}` } =
    unproven;
  if (tokenProblem === undefined) {
    if (!isGiven(bk_username) || bk_username === username) return username;
    throw new GantryError('unauthenticated', `bk_token and bk_username name two users`);
  }
  if (bk_username !== undefined && bk_username !== null && app.trusted) {
    const name = requireName(bk_username);
    if (!isKnownUser || name !== username) await makeUser(db, app, name);
    return name;
  }
  if (isGiven(bk_token) || !isGiven(bk_username)) throw new GantryError('unauthenticated', tokenProblem);
  throw new GantryError('forbidden', `app ${app.code} is not trusted to name its user by bk_username: send bk_token`);
}

async function readUserToken(db: Db, token: unknown): Promise<{ username: string } | { problem: string }> {
  if (!isGiven(token)) return { problem: 'bk_token or bk_username is missing' };
  const claims = typeof token === 'string' ? readToken(await tokenKey(db), token) : undefined;
  if (!claims) return { problem: 'bk_token is not valid' };
  if (claims.expiresAt * 1000 <= Date.now()) return { problem: 'bk_token has expired' };
  return { username: claims.username };
}

async function makeUser(db: Db, app: AppRecord, username: string): Promise<void> {
  const actor = { username, appCode: app.code, source: 'api' };
  await transact(db, (tx) => ensureUser(tx, username, actor));
}

function requireName(username: unknown): string {
  if (typeof username === 'string' && isText(username) && username.trim() !== '') return username;
  throw new GantryError('invalid', `${NAMES_NOBODY}: ${stringifyJson(username).slice(0, 100)}`, {
    step: 'user',
    reason: { code: 'malformed', args: { field: 'bk_username' } },
  });
}

function requireSecret(given: Credentials): UnprovenCaller['secret'] {
  const { bk_app_secret: secret } = given;
  return secret === TOKEN_ALONE || secret === BY_ADDRESS ? secret : requireField(given, 'bk_app_secret');
}

function requireField(given: Credentials, field: string): string {
  const value = given[field];
  if (!isGiven(value)) {
    throw new GantryError('unauthenticated', `${field} is missing`, { reason: { code: 'required', args: { field } } });
  }
  if (typeof value === 'string' && isText(value)) return value;
  const reason = { code: 'malformed', args: { field } } as const;
  throw new GantryError('unauthenticated', `${field} is not a text`, { reason });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
