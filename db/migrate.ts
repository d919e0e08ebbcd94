import { Migrator } from 'kysely';
import { connect } from './connection';
import { migrations } from './migrations';

/**
 * Brings a database to the newest schema; several processes may do so at once (Kysely takes a lock).
 *
 * @returns the names of the migrations that were applied now
 * @throws Error with the migration's own as its cause
 */
export async function migrateToLatest(databaseUrl: string): Promise<{ applied: string[] }> {
  const db = connect(databaseUrl, { maxConnections: 2 });
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw new Error('the database could not be migrated', { cause: error });
    return { applied: results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName) };
  } finally {
    await db.destroy();
  }
}
