import { upsertApp } from './access';
import { insertProjectBusiness } from './businesses';
import { connect, type DbOrTransaction } from './connection';
import { hashSecret } from './secrets';
import { transact } from './transaction';

export const DEMO_PROJECT = { id: 1, name: 'demo', bk_biz_id: 1, from_cmdb: true };

/** Makes the demo project (id 1, business 1), the app and its user; what exists stays, save for the app's secret. */
export async function ensureDemo(
  databaseUrl: string,
  credentials: { app_code: string; app_secret: string; username: string },
): Promise<void> {
  const db = connect(databaseUrl, { maxConnections: 1 });
  try {
    await transact(db, async (tx) => {
      await upsertApp(tx, {
        code: credentials.app_code,
        secret_hash: hashSecret(credentials.app_secret),
        trusted: true,
      });
      await ensureDemoProject(tx, credentials.username);
    });
  } finally {
    await db.destroy();
  }
}

/** Makes the demo project and its admin; call it in a transaction. */
export async function ensureDemoProject(db: DbOrTransaction, username: string): Promise<void> {
  const { numInsertedOrUpdatedRows: made } = await db
    .insertInto('projects')
    .values(DEMO_PROJECT)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  const { id: projectId, bk_biz_id: id, name } = DEMO_PROJECT;
  if (made === 1n) await insertProjectBusiness(db, { projectId, id, name });
  await db
    .insertInto('users')
    .values({ name: username })
    .onConflict((on) => on.doNothing())
    .execute();
  await db
    .insertInto('project_roles')
    .values({ project_id: DEMO_PROJECT.id, username, role: 'admin' })
    .onConflict((on) => on.doNothing())
    .execute();
}
