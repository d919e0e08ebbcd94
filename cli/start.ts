import fs from 'node:fs';
import { stringifyJson } from '../base/json';
import { DEMO_PROJECT, ensureDemo } from '../db/demo';
import { migrateToLatest } from '../db/migrate';
import { ensureDefaults } from '../rollouts/defaults/make';
import { type Boot, bootDatabase, bootTemporal, makeAppSecret, type Temporal } from '../stack/backends';
import { readOrMakeSecret, writeFileAtomic } from '../stack/files';
import { type Credentials, ensureCredentials, ensureSecretKeys, openHome } from '../stack/home';
import { runStack } from '../stack/lifecycle';
import { messageOf, say } from '../stack/output';
import { isPortFree } from '../stack/ports';
import { startService } from '../stack/services';
import { keepRunning } from '../stack/supervise';
import { runExample } from './example';
import { curlExample } from './welcome';

const DEFAULT_PORT = 8000;

/**
 * `gantry start`: boots the whole stack on GANTRY_HOME and serves until a signal.
 *
 * @param example `first`: run the example task when this home has never been started; `none`: do not
 * @returns the exit code, see runStack
 */
export async function start({ example }: { example: 'first' | 'none' }): Promise<number> {
  const apiPort = configuredPort();
  const home = openHome();
  return runStack(home, async (boot, onReady) => {
    if (!(await isPortFree(apiPort))) {
      throw new Error(`Port ${apiPort} is in use by another program. Set GANTRY_PORT to a free one.`);
    }
    const services = await bootServices(boot, apiPort);
    onReady();
    greet(services);
    const isFirst = !fs.existsSync(home.exampleFile);
    if (!isFirst || example === 'none') {
      if (isFirst) writeFileAtomic(home.exampleFile, '{"skipped":true}\n');
      say('serving; Ctrl-C stops everything');
      return undefined;
    }
    await runExampleOnce(boot, services);
    say(`serving at ${services.url}; Ctrl-C stops everything`);
    return undefined;
  });
}

/** Where a booted stack is reached, and as whom. */
export interface Services {
  url: string;
  /** Base URL of the Temporal Web UI, where it is known. */
  uiUrl: string | undefined;
  credentials: Credentials;
  databaseUrl: string;
  temporal: Temporal;
}

/**
 * Boots the databases, the demo project, worker and API on a home; returns when the API answers.
 *
 * @param settings of worker and API, over those of this process
 */
export async function bootServices(boot: Boot, apiPort: number, settings: NodeJS.ProcessEnv = {}): Promise<Services> {
  const { home, table, record } = boot;
  const url = `http://127.0.0.1:${apiPort}`;
  const credentials = ensureCredentials(home.credentialsFile, makeAppSecret);
  const [database, temporal] = await Promise.all([
    bootDatabase(boot, { durability: 'full' }).then(async (booted) => {
      const { applied } = await migrateToLatest(booted.url);
      if (applied.length > 0) say(`database migrated: ${applied.length} step${applied.length === 1 ? '' : 's'}`);
      await ensureDemo(booted.url, credentials);
      await ensureDefaults(booted.url, DEMO_PROJECT.id);
      return booted;
    }),
    bootTemporal(boot, { apiPort }),
  ]);

  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...settings,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    GANTRY_PORT: String(apiPort),
    GANTRY_HOME: home.folder,
    GANTRY_CODEC_TOKEN: readOrMakeSecret(home.codecTokenFile),
    GANTRY_SECRET_KEYS: ensureSecretKeys(home.secretKeysFile),
    ...(temporal.uiUrl ? { GANTRY_UI_URL: temporal.uiUrl } : {}),
  };
  record.setAddress('api', url);
  say('starting worker and API');
  await Promise.all(
    (['worker', 'api'] as const).map(async (name) => {
      const again = () => startService(name, table, env);
      keepRunning(table, await again(), again);
    }),
  );
  return { url, uiUrl: temporal.uiUrl, credentials, databaseUrl: database.url, temporal };
}

function greet({ url, uiUrl, credentials }: Services): void {
  process.stdout.write(`ready ${url}\n`);
  if (uiUrl) process.stdout.write(`Temporal Web UI ${uiUrl}\n`);
  process.stdout.write(`try:\n${curlExample(url, credentials)}\n`);
}

/** The example is a greeting: when it fails, the stack serves all the same. */
async function runExampleOnce(boot: Boot, { url, credentials }: Services): Promise<void> {
  try {
    const outcome = await runExample({ url, credentials, signal: boot.signal });
    writeFileAtomic(boot.home.exampleFile, `${stringifyJson(outcome)}\n`);
  } catch (error) {
    if (!boot.signal.aborted) say(`the example task did not work: ${messageOf(error)}`);
  }
}

function configuredPort(): number {
  const text = process.env.GANTRY_PORT;
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`GANTRY_PORT is not a port: ${text}`);
  return port;
}
