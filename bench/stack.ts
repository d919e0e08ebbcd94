import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDemo } from '../db/demo';
import { migrateToLatest } from '../db/migrate';
import { type Boot, bootDatabase, bootTemporal, makeAppSecret } from '../stack/backends';
import { readOrMakeSecret } from '../stack/files';
import { type Credentials, ensureCredentials, ensureSecretKeys, type Home, openHome } from '../stack/home';
import { pickPorts } from '../stack/ports';
import { removeHome } from '../stack/postgres-user';
import type { Managed } from '../stack/processes';
import { MAIN, SERVICE_STOP, type ServiceName, startService } from '../stack/services';
import { keepRunning } from '../stack/supervise';
import type { TemporalConfig } from '../temporal/connection';
import type { Usage } from './probe';

const PROBE = join(__dirname, 'probe.js');
/** What the stack has as GANTRY_PLUGINS. */
export const PLUGINS = join(__dirname, 'plugins');

/** A running installation: the embedded servers as `npm start` has them, and services in processes of their own. */
export interface Stack {
  home: Home;
  databaseUrl: string;
  temporal: TemporalConfig;
  credentials: Credentials;
  /** Base URL of each API process. */
  urls: string[];
  /** Services by name: `worker-1`, `api-1` ... */
  services: Map<string, Service>;
  /** Starts one more, by the arguments of Node; it ends with the others. */
  startService(kind: ServiceName, name: string, command: string[], env: NodeJS.ProcessEnv): Promise<Service>;
  /** Ends one before the others. */
  stopService(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** What is asked of a stack beyond one worker and one API of the product. */
export interface StackOptions {
  workers?: number;
  apis?: number;
  /** Arguments of Node for a worker, instead of `gantry worker`; ready-made files they need are named in `env`. */
  workerCommand?: string[];
  env?: NodeJS.ProcessEnv;
  /** Whether a service that ends is started again, as `npm start` does. */
  restart?: 'always' | 'never';
}

/** One service, through all of its restarts. */
export class Service {
  #running: Managed | undefined;

  constructor(
    readonly name: string,
    private readonly spawn: () => Promise<Managed>,
  ) {}

  async start(): Promise<Managed> {
    this.#running = await this.spawn();
    return this.#running;
  }

  get pid(): number {
    return this.#running!.pid;
  }

  /** What the process has used since it began. */
  async usage(): Promise<Usage> {
    const { child } = this.#running!;
    child.send('usage');
    for (;;) {
      const [message] = (await once(child, 'message', { signal: AbortSignal.timeout(10_000) })) as [{ usage?: Usage }];
      if (message.usage) return message.usage;
    }
  }
}

/**
 * A home for a stack that is thrown away; never the user's own.
 *
 * @param prepare called with the empty folder
 */
export function temporaryHome(prepare: (folder: string) => void = () => {}): Home {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
  prepare(folder);
  return openHome(folder);
}

/** Boots an installation on the home of `boot`. `stop` ends its services; the servers end with `runStack`. */
export async function bootStack(boot: Boot, options: StackOptions = {}): Promise<Stack> {
  const { home, table } = boot;
  const { workers = 1, apis = 1, restart = 'never' } = options;
  const credentials = ensureCredentials(home.credentialsFile, makeAppSecret);
  const names = Array.from({ length: apis }, (_, index) => `api-${index + 1}`);
  const ports = await pickPorts(names, {});
  const [database, temporal] = await Promise.all([
    bootDatabase(boot, { durability: 'full' }).then(async (booted) => {
      await migrateToLatest(booted.url);
      await ensureDemo(booted.url, credentials);
      return booted;
    }),
    bootTemporal(boot, { apiPort: ports['api-1']! }),
  ]);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    GANTRY_HOME: home.folder,
    GANTRY_PLUGINS: PLUGINS,
    GANTRY_LOG_LEVEL: 'warn',
    // The one client asks as fast as it can.
    GANTRY_RATE_LIMIT: '0',
    GANTRY_SECRET_KEYS: ensureSecretKeys(home.secretKeysFile),
    GANTRY_CODEC_TOKEN: readOrMakeSecret(home.codecTokenFile),
    ...options.env,
  };

  const services = new Map<string, Service>();
  function add(kind: ServiceName, name: string, command: string[], more: NodeJS.ProcessEnv = {}): Service {
    const own = { ...env, ...more };
    const spawn = () => startService(kind, table, own, { as: name, command: ['-r', PROBE, ...command] });
    const service = new Service(name, spawn);
    services.set(name, service);
    return service;
  }
  for (let index = 1; index <= workers; index++) {
    add('worker', `worker-${index}`, options.workerCommand ?? [MAIN, 'worker']);
  }
  for (const name of names) add('api', name, [MAIN, 'api'], { GANTRY_PORT: String(ports[name]) });
  await Promise.all(
    [...services.values()].map(async (service) => {
      const running = await service.start();
      if (restart === 'always') keepRunning(table, running, () => service.start());
    }),
  );
  return {
    home,
    databaseUrl: database.url,
    temporal: { address: temporal.address, namespace: temporal.namespace },
    credentials,
    urls: names.map((name) => `http://127.0.0.1:${ports[name]}`),
    services,
    async startService(kind, name, command, more) {
      const service = add(kind, name, command, more);
      await service.start();
      return service;
    },
    async stopService(name) {
      await table.stop(name, SERVICE_STOP);
      services.delete(name);
    },
    async stop() {
      table.close();
      await Promise.all([...services.keys()].map((name) => table.stop(name, SERVICE_STOP)));
    },
  };
}

/** Removes a home that was made by `temporaryHome`. */
export function removeTemporaryHome(home: Home): void {
  if (existsSync(home.folder)) removeHome(home);
}
