import { Migrator, sql } from 'kysely';
import { connect, type Db } from '../../db/connection';
import { migrateToLatest, requireOwnSchema } from '../../db/migrate';
import { migrations } from '../../db/migrations';
import { createEmptyDatabase } from '../support/database';

const names = Object.keys(migrations);

describe('the schema of a database', () => {
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let db: Db;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    db = connect(database.url, { maxConnections: 1 });
  });

  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  it('has to be the one that the program knows', async () => {
    await expect(requireOwnSchema(db)).rejects.toThrow(`lacks ${names.join(', ')}: run \`gantry migrate\``);

    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    await migrator.migrateTo(names.at(-2)!);
    await expect(requireOwnSchema(db)).rejects.toThrow(`the database lacks ${names.at(-1)}: run`);

    expect(await migrateToLatest(database.url)).toEqual({ applied: [names.at(-1)] });
    await requireOwnSchema(db);
  });

  it('is left alone when a newer program has migrated it', async () => {
    await migrateToLatest(database.url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999_later', '')`.execute(db);

    for (const refused of [() => requireOwnSchema(db), () => migrateToLatest(database.url)]) {
      await expect(refused()).rejects.toThrow('newer than this program, which does not know 9999_later');
    }
  });
});
