import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { stringifyJson } from '../base/json';
import { readJsonIfThere, writeFileAtomic } from './files';

/** Paths below GANTRY_HOME, the one folder in which a stack keeps everything of its own. */
export interface Home {
  folder: string;
  logs: string;
  /** The running stack's addresses and processes, see record.ts. */
  stackFile: string;
  lockFile: string;
  /** A pid file for each process that runs. */
  pidFolder: string;
  credentialsFile: string;
  codecTokenFile: string;
  postgresPasswordFile: string;
  /** Keys that password variables are sealed with, as in GANTRY_SECRET_KEYS. */
  secretKeysFile: string;
  /** The data of the embedded Temporal server. */
  temporalFolder: string;
  /** The database in it, which must never be opened by two servers. */
  temporalDatabase: string;
  /** Its presence says that the first start's example ran or was not wanted. */
  exampleFile: string;
}

/** What a client needs to call the API of this stack. */
export interface Credentials {
  app_code: string;
  app_secret: string;
  username: string;
}

/**
 * Creates the data folder when missing.
 *
 * @param folder absolute or relative to the current directory; default: GANTRY_HOME, or `.gantry`
 */
export function openHome(folder = process.env.GANTRY_HOME || '.gantry'): Home {
  const full = path.resolve(folder);
  const asRoot = process.getuid?.() === 0;
  // As root, Postgres runs as another user that has to get through this folder; what is secret in it is 0600 by itself.
  fs.mkdirSync(full, { recursive: true, mode: asRoot ? 0o711 : 0o700 });
  const mode = fs.statSync(full).mode & 0o777;
  if (asRoot && (mode & 0o011) !== 0o011) fs.chmodSync(full, mode | 0o011);
  for (const name of ['logs', 'run']) fs.mkdirSync(path.join(full, name), { recursive: true, mode: 0o700 });
  return {
    folder: full,
    logs: path.join(full, 'logs'),
    stackFile: path.join(full, 'stack.json'),
    lockFile: path.join(full, 'lock'),
    pidFolder: path.join(full, 'run'),
    credentialsFile: path.join(full, 'credentials.json'),
    codecTokenFile: path.join(full, 'codec-token'),
    postgresPasswordFile: path.join(full, 'postgres-password'),
    secretKeysFile: path.join(full, 'secret-keys'),
    temporalFolder: path.join(full, 'temporal'),
    temporalDatabase: path.join(full, 'temporal', 'server.sqlite'),
    exampleFile: path.join(full, 'example.json'),
  };
}

/** The log file of a process of the stack. */
export function logFileOf(home: Home, name: string): string {
  return path.join(home.logs, `${name}.log`);
}

/** The credentials in `file`, or undefined when there are none yet. */
export function readCredentials(file: string): Credentials | undefined {
  const value = readJsonIfThere(file);
  if (typeof value !== 'object' || value === null) return undefined;
  const { app_code, app_secret, username } = value as Record<string, unknown>;
  if (typeof app_code !== 'string' || typeof app_secret !== 'string' || typeof username !== 'string') return undefined;
  return { app_code, app_secret, username };
}

/** The credentials of this home, made at the first call with the given secret. */
export function ensureCredentials(file: string, makeSecret: () => string): Credentials {
  const known = readCredentials(file);
  if (known) return known;
  // Each home is an app of its own: two that share a DATABASE_URL would change each other's secret.
  const app_code = `gantry_${randomBytes(3).toString('hex')}`;
  const made: Credentials = { app_code, app_secret: makeSecret(), username: 'admin' };
  writeFileAtomic(file, `${stringifyJson(made, 2)}\n`);
  return made;
}

/** The keys of `GANTRY_SECRET_KEYS`, or those of this home, made at the first call. */
export function ensureSecretKeys(file: string, given = process.env.GANTRY_SECRET_KEYS): string {
  if (given) return given;
  if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8').trim();
  const made = newSecretKey();
  writeFileAtomic(file, `${made}\n`);
  return made;
}

/** Puts a new key before those of a home: it seals from the next start on. */
export function addSecretKey(file: string): void {
  writeFileAtomic(file, `${newSecretKey()},${ensureSecretKeys(file, '')}\n`);
}

/** A new key with a name of its own, `id:base64`. */
function newSecretKey(): string {
  return `k${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`;
}
