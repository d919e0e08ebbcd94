import { connect, type Db } from '../../../db/connection';
import type { ProviderSettings } from '../../../rollouts/providers/settings';
import { createDatabase } from '../../support/database';
import { openProviderServer, type ProviderServer } from '../../support/provider-server';

/** What a suite of provider steps works with. */
export interface ProviderWorld {
  db: Db;
  server: ProviderServer;
  settings: ProviderSettings;
}

/**
 * Gives the suite that calls this a database, and each of its tests a server that speaks the providers' protocols.
 *
 * @param settingsOf what is configured, by the address of the server
 * @param enter hears before each test what there is
 */
export function useProviders(
  settingsOf: (url: string) => ProviderSettings,
  enter: (world: ProviderWorld) => void,
): void {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let db: Db;
  let server: ProviderServer;

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    database = await createDatabase();
    db = connect(database.url);
  });

  beforeEach(async () => {
    server = await openProviderServer();
    enter({ db, server, settings: settingsOf(server.url) });
  });

  afterEach(() => server.close());

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
}
