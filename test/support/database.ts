import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrateToLatest } from '../../db/migrate';

/** One per version of the schema: a server that lives longer than a checkout keeps none that is out of date. */
const TEMPLATE = `gantry_template_${hashMigrations()}`;
/** Any number: all test files take the same lock while they look for the template. */
const TEMPLATE_LOCK = 4711;

/** The administrator's URL of the server that `npm test` booted. */
export function adminUrl(): string {
  const url = process.env.GANTRY_TEST_DATABASE_URL;
  if (!url) throw new Error('GANTRY_TEST_DATABASE_URL is not set: run the tests with `npm test`');
  return url;
}

/** A fresh database with nothing in it; drop it at the end. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withAdmin(async (admin) => void (await admin.query(`create database ${name}`)));
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

/** A fresh database with the newest schema and a name of its own as an installation; drop it at the end. */
export async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await ensureTemplate(admin);
    await admin.query(`create database ${name} template ${TEMPLATE}`);
  });
  const url = urlOf(name);
  await withClient(url, (client) => client.query('update installation set name = $1', [name]));
  return { url, drop: () => dropDatabase(name) };
}

function dropDatabase(name: string): Promise<void> {
  return withAdmin(async (admin) => void (await admin.query(`drop database ${name} with (force)`)));
}

async function ensureTemplate(admin: Client): Promise<void> {
  const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
  if (rowCount) return;
  const draft = `${TEMPLATE}_draft`;
  await admin.query(`drop database if exists ${draft} with (force)`);
  await admin.query(`create database ${draft}`);
  await migrateToLatest(urlOf(draft));
  await admin.query(`alter database ${draft} rename to ${TEMPLATE}`);
}

function hashMigrations(): string {
  const folder = join(__dirname, '../../db/migrations');
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

function urlOf(database: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function withAdmin<T>(use: (client: Client) => Promise<T>): Promise<T> {
  return withClient(adminUrl(), use);
}

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
