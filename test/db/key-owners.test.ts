import { Migrator, sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { findKeyUse } from '../../db/idempotency';
import { migrateToLatest } from '../../db/migrate';
import { migrations } from '../../db/migrations';
import { createEmptyDatabase } from '../support/database';

const names = Object.keys(migrations);

describe('keys of before they had owners', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let db: Db;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    db = connect(database.url, { maxConnections: 1 });
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    await migrator.migrateTo(names[names.indexOf('0011_key_owners') - 1]!);
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  it('go to whoever created their task, in its project', async () => {
    await sql`insert into projects (id, name) values (1, 'demo')`.execute(db);
    await sql`
      insert into tasks (id, project_id, name, category, flow_type, current_flow, create_method, template_source,
        root_node_id, creator)
      values (7, 1, 'old', 'Other', 'common', 'execute_task', 'api', 'onetime', 'n', 'ann')`.execute(db);
    await sql`
      insert into idempotency_keys (app_code, key, request_hash, task_id) values ('portal', 'k', 'h', 7)`.execute(db);

    await migrateToLatest(database.url);

    const owner = { appCode: 'portal', username: 'ann', projectId: 1, key: 'k' };
    expect(await findKeyUse(db, owner)).toEqual({ taskId: 7, requestHash: 'h', answer: null });
    expect(await findKeyUse(db, { ...owner, username: 'bob' })).toBeUndefined();
    expect(await findKeyUse(db, { ...owner, projectId: 2 })).toBeUndefined();
    expect(await findKeyUse(db, { ...owner, appCode: 'other' })).toBeUndefined();
  });
});
