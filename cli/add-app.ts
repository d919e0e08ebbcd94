import { parseArgs } from 'node:util';
import { stringifyJson } from '../base/json';
import { upsertApp } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import { ensureDemoProject } from '../db/demo';
import { hashSecret } from '../db/secrets';
import { transact } from '../db/transaction';
import { makeAppSecret } from '../stack/backends';
import { CLI_ACTOR, readCount, withDatabase } from './administration';

/**
 * `gantry add-app CODE [USER] [--trusted] [--rate N] [--max-body BYTES]`: gives an app a new secret and says whether it is
 * trusted to name its users. With USER it is, and the user is made, with the demo project where there is none. Prints the
 * credentials as JSON, once: only a hash of the secret is kept.
 */
export async function addApp(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { trusted: { type: 'boolean' }, rate: { type: 'string' }, 'max-body': { type: 'string' } },
  });
  const [code, username, ...rest] = positionals;
  if (!code || rest.length > 0) throw new Error('gantry add-app needs CODE, and takes USER');
  const requestsPerSecond = readCount('--rate', values.rate);
  const maxBodyBytes = readCount('--max-body', values['max-body']);
  const secret = makeAppSecret();
  const trusted = values.trusted === true || username !== undefined;
  await withDatabase((db) =>
    transact(db, async (tx) => {
      await upsertApp(tx, {
        code,
        secret_hash: hashSecret(secret),
        trusted,
        ...(requestsPerSecond === undefined ? {} : { requests_per_second: requestsPerSecond }),
        ...(maxBodyBytes === undefined ? {} : { max_body_bytes: maxBodyBytes }),
      });
      if (username) await ensureDemoProject(tx, username);
      const entry = { ...auditOf(CLI_ACTOR), projectId: null, object: `app ${code}` };
      await insertAudit(tx, { ...entry, action: 'update', detail: { trusted, requestsPerSecond, maxBodyBytes } });
    }),
  );
  const credentials = { app_code: code, app_secret: secret, ...(username ? { username } : {}), trusted };
  process.stdout.write(`${stringifyJson(credentials)}\n`);
  return 0;
}
