import { signToken, tokenKey } from '../../access/token';
import { insertUser, setRole, upsertApp } from '../../db/access';
import type { Role } from '../../db/schema';
import { hashSecret } from '../../db/secrets';
import { authorization } from './client';
import type { Gantry } from './gantry';

export const PLAIN_APP = { bk_app_code: 'plain-app', bk_app_secret: 'plain-secret' };

/** An app that is not trusted. */
export async function addPlainApp(
  gantry: Gantry,
  limits: { requests_per_second?: number; max_body_bytes?: number } = {},
) {
  const secret_hash = hashSecret(PLAIN_APP.bk_app_secret);
  await upsertApp(gantry.db, { code: PLAIN_APP.bk_app_code, secret_hash, trusted: false, ...limits });
}

/** A user with a role in a project, or with none, who calls through the app that is not trusted; the headers. */
export async function addCaller(
  gantry: Gantry,
  username: string,
  role: Role | null,
  projectId = 1,
): Promise<Record<string, string>> {
  await insertUser(gantry.db, username);
  await setRole(gantry.db, projectId, username, role);
  return authorization({ ...PLAIN_APP, bk_token: await tokenOf(gantry, username) });
}

/** A token of a user, valid for some seconds from now, or expired. */
export async function tokenOf(gantry: Gantry, username: string, seconds = 600): Promise<string> {
  return signToken(await tokenKey(gantry.db), { username, expiresAt: Math.floor(Date.now() / 1000) + seconds });
}
