import { sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { databaseTrouble, isDatabasesFault } from '../../db/errors';
import { createDatabase } from '../support/database';

describe('an error of a query', () => {
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

  it.each([...['08006', '25006', '40001', '40P01', '42P01', '42703', '53100', '55P03', '57014', '57P01', 'XX001']])(
    'is the fault of the database, not of what was to be written: %s',
    async (state) => {
      expect(isDatabasesFault(await raise(state))).toBe(true);
    },
  );

  it.each(['21000', '22P02', '22P05', '23503', '54001', 'P0001'])(
    'is the fault of what was to be written: %s',
    async (state) => {
      expect(isDatabasesFault(await raise(state))).toBe(false);
    },
  );

  it('is the fault of what was to be written when it cannot be', () => {
    const cyclic: { itself?: unknown } = {};
    cyclic.itself = cyclic;
    const thrown = [() => JSON.stringify(cyclic), () => JSON.stringify(1n)].map((write) => {
      try {
        return write();
      } catch (error) {
        return error;
      }
    });

    expect(thrown.map(isDatabasesFault)).toEqual([false, false]);
    expect(isDatabasesFault(null)).toBe(false);
  });

  it('knows a server that is gone', async () => {
    const nobody = connect('postgres://postgres@127.0.0.1:1/x');
    const error = await sql`select 1`.execute(nobody).catch((error) => error);
    await nobody.destroy();

    expect(databaseTrouble(error)).toBe('Postgres cannot be reached');
    expect(isDatabasesFault(error)).toBe(true);
  });
});
