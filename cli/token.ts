import { parseArgs } from 'node:util';
import { signToken, tokenKey } from '../access/token';
import { isKnownUser } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import { CLI_ACTOR, readCount, withDatabase } from './administration';

const DEFAULT_HOURS = 24;

/**
 * `gantry token USER [--hours N]`: prints a `bk_token` with which any app may call for the user until then. It is signed
 * with GANTRY_TOKEN_KEY where that is set, which has to be the API's.
 */
export async function printToken(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { hours: { type: 'string' } } });
  const [username, ...rest] = positionals;
  if (!username || rest.length > 0) throw new Error('gantry token needs USER');
  const hours = readCount('--hours', values.hours) ?? DEFAULT_HOURS;
  const token = await withDatabase(async (db) => {
    if (!(await isKnownUser(db, username))) {
      throw new Error(`there is no user ${username}: gantry grant ${username} PROJECT ROLE makes one`);
    }
    const expiresAt = Math.floor(Date.now() / 1000) + hours * 3600;
    const entry = { ...auditOf(CLI_ACTOR), projectId: null, object: `token of ${username}` };
    await insertAudit(db, { ...entry, action: 'create', detail: { hours } });
    return signToken(await tokenKey(db), { username, expiresAt });
  });
  process.stdout.write(`${token}\n`);
  return 0;
}
