import { Migrator, sql } from 'kysely';
import { connect, type Db } from './connection';
import { migrations } from './migrations';

/**
 * Brings a database to the newest schema; several processes may do so at once (Kysely takes a lock).
 *
 * @returns the names of the migrations that were applied now
 * @throws Error with the migration's own as its cause; for a database that a newer Gantry has migrated
 */
export async function migrateToLatest(databaseUrl: string): Promise<{ applied: string[] }> {
  const db = connect(databaseUrl, { maxConnections: 2 });
  try {
    refuseNewer(await appliedMigrations(db));
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw new Error('the database could not be migrated', { cause: error });
    return { applied: results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName) };
  } finally {
    await db.destroy();
  }
}

/**
 * What runs on a schema that it does not know may write what the newer program takes for something else.
 *
 * @throws Error that says what to do, when the database is newer than this program or has not been migrated
 */
export async function requireOwnSchema(db: Db): Promise<void> {
  const applied = await appliedMigrations(db);
  refuseNewer(applied);
  const missing = Object.keys(migrations).filter((name) => !applied.includes(name));
  if (missing.length > 0) throw new Error(`the database lacks ${missing.join(', ')}: run \`gantry migrate\` first`);
}

async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows: tables } = await sql<{ found: string | null }>`
    select to_regclass('kysely_migration')::text as found`.execute(db);
  if (!tables[0]!.found) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function refuseNewer(applied: readonly string[]): void {
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new Error(
    `the database is newer than this program, which does not know ${unknown.join(', ')}: start the Gantry that migrated it, or a later one`,
  );
}
