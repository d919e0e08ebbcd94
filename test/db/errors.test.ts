import { sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { databaseTrouble } from '../../db/errors';
import { createDatabase } from '../support/database';

describe('databaseTrouble', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;

  beforeAll(async () => {
    database = await createDatabase();
    db = connect(database.url);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const raise = (state: string) =>
    sql`do ${sql.lit(`begin raise exception 'x' using errcode = '${state}'; end`)}`.execute(db).catch((error) => error);

  it.each([
    ['53100', 'Postgres has no room left'],
    ['53300', 'Postgres has no room left'],
    ['58030', 'Postgres has no room left'],
    ['57P03', 'Postgres cannot be reached'],
    ['22012', undefined],
    ['23505', undefined],
  ])('says of SQLSTATE %s: %s', async (state, trouble) => {
    expect(databaseTrouble(await raise(state))).toBe(trouble);
  });

  it('knows a server that is gone', async () => {
    const nobody = connect('postgres://postgres@127.0.0.1:1/x');
    const error = await sql`select 1`.execute(nobody).catch((error) => error);
    await nobody.destroy();

    expect(databaseTrouble(error)).toBe('Postgres cannot be reached');
  });
});
