import { sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { KEEP_PLAN } from '../../db/kept-plans';
import { createDatabase } from '../support/database';

describe('a statement whose plan is to be kept', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url, { maxConnections: 1 });
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  async function kept(): Promise<string[]> {
    const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db);
    return rows.map(({ statement }) => statement);
  }

  it('is prepared once on a connection, and takes other values each time', async () => {
    const double = (value: number) =>
      sql<{ twice: number }>`${KEEP_PLAN} select ${value}::integer * 2 as twice`.execute(db);

    const results = [await double(2), await double(5)].map(({ rows }) => rows[0]!.twice);

    expect(results).toEqual([4, 10]);
    expect(await kept()).toEqual(['/* keep plan */ select $1::integer * 2 as twice']);
  });

  it('may be one that Kysely builds', async () => {
    await db.selectFrom('users').modifyFront(KEEP_PLAN).select('name').where('name', '=', 'ann').execute();

    expect(await kept()).toContainEqual(expect.stringMatching(/^select \/\* keep plan \*\/ "name" from "users"/));
  });

  it('is found wanting like any other', async () => {
    const failing = sql`${KEEP_PLAN} select 1 / ${0}::integer`.execute(db);

    await expect(failing).rejects.toThrow('division by zero');
    await expect(sql`select 1`.execute(db)).resolves.toMatchObject({ rows: [{}] });
  });
});
