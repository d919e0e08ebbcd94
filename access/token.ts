import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseJson, stringifyJson } from '../base/json';
import { installationTokenKey } from '../db/access';
import type { DbOrTransaction } from '../db/connection';

/** Signed with every token: another kind of signature under the same key is no token. */
const FORM = 'gantry1';

/** What a token says: its user, and until when, in seconds since the epoch. */
export interface TokenClaims {
  username: string;
  expiresAt: number;
}

/** How long the key in the database is believed to be the same: whoever sends tokens shall not make us ask for it. */
const KEPT_MS = 10_000;
const kept = new WeakMap<DbOrTransaction, { key: string; until: number }>();

/** The key of this installation's tokens: `GANTRY_TOKEN_KEY`, or the random one in the database. */
export async function tokenKey(db: DbOrTransaction): Promise<string> {
  if (process.env.GANTRY_TOKEN_KEY) return process.env.GANTRY_TOKEN_KEY;
  const known = kept.get(db);
  if (known && known.until > Date.now()) return known.key;
  const key = await installationTokenKey(db);
  kept.set(db, { key, until: Date.now() + KEPT_MS });
  return key;
}

/** A `bk_token` of a user. */
export function signToken(key: string, { username, expiresAt }: TokenClaims): string {
  return signClaims(key, FORM, [username, expiresAt]);
}

/**
 * What a token says, whether or not it has expired; undefined when it is none of ours.
 */
export function readToken(key: string, token: string): TokenClaims | undefined {
  const claims = readClaims(key, FORM, token) as [string, number] | undefined;
  return claims && { username: claims[0], expiresAt: claims[1] };
}

/** Form, claims and HMAC-SHA256, each in characters that need no escaping anywhere. */
export function signClaims(key: string, form: string, claims: unknown): string {
  const signed = `${form}.${Buffer.from(stringifyJson(claims)).toString('base64url')}`;
  return `${signed}.${hmac(key, signed)}`;
}

/** The claims that were signed in this form; undefined when they were not, or not by us. */
export function readClaims(key: string, form: string, token: string): unknown {
  const end = token.lastIndexOf('.');
  const signed = token.slice(0, end);
  const given = Buffer.from(token.slice(end + 1));
  const expected = Buffer.from(hmac(key, signed));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [itsForm, claims] = signed.split('.');
  if (itsForm !== form || claims === undefined) return undefined;
  return parseJson(Buffer.from(claims, 'base64url').toString());
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
