import { connect } from './connection';
import { hashSecret } from './secrets';

/** Makes the demo project (id 1, business 1), the app and its user; what exists stays, save for the app's secret. */
export async function ensureDemo(
  databaseUrl: string,
  credentials: { app_code: string; app_secret: string; username: string },
): Promise<void> {
  const db = connect(databaseUrl, { maxConnections: 1 });
  try {
    await db.transaction().execute(async (tx) => {
      const project = { id: 1, name: 'demo', bk_biz_id: 1, from_cmdb: true };
      await tx
        .insertInto('projects')
        .values(project)
        .onConflict((on) => on.doNothing())
        .execute();
      const app = { code: credentials.app_code, secret_hash: hashSecret(credentials.app_secret), trusted: true };
      await tx
        .insertInto('apps')
        .values(app)
        .onConflict((on) => on.column('code').doUpdateSet({ secret_hash: app.secret_hash, trusted: true }))
        .execute();
      const user = { name: credentials.username };
      await tx
        .insertInto('users')
        .values(user)
        .onConflict((on) => on.doNothing())
        .execute();
      await tx
        .insertInto('project_roles')
        .values({ project_id: project.id, username: user.name, role: 'admin' })
        .onConflict((on) => on.doNothing())
        .execute();
    });
  } finally {
    await db.destroy();
  }
}
