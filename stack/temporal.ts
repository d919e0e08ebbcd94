import fs from 'node:fs';
import path from 'node:path';
import { tailOf } from './files';
import type { Home } from './home';
import { endServers } from './leftovers';
import type { Managed, ProcessTable, StopStep } from './processes';
import { waitForTemporal } from './temporal-ready';

/** It keeps its state in SQLite with a write-ahead log, which survives the table's SIGKILL. */
export const TEMPORAL_STOP: readonly StopStep[] = [{ signal: 'SIGTERM', waitMs: 2_500 }];

export const TEMPORAL_PORTS = ['temporal', 'temporalUi', 'temporalHttp', 'temporalMetrics'] as const;

/** An embedded Temporal server that can be started, and started again after a crash, on the same ports and data. */
export interface EmbeddedTemporal {
  start(): Promise<Managed>;
  /** `host:port` of its gRPC frontend. */
  address: string;
  uiUrl: string;
}

/**
 * Settings of the development server. One serial activity took 105 ms with its defaults and 8 ms with these: the default
 * of 20 polls a second on the single shard is a tick of 50 ms on every hop.
 */
const DYNAMIC_CONFIG = [
  'system.enableActivityEagerExecution=true',
  'history.transferProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollRPS=1000',
  // The default of 1 s is added to every timer, up to that long: it is for clusters whose clocks differ.
  'history.timerProcessorMaxTimeShift="5ms"',
  'history.persistenceMaxQPS=100000',
  'frontend.persistenceMaxQPS=100000',
  'matching.persistenceMaxQPS=100000',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  // 500 activities of one task may end while a workflow task is under way; beyond 100 the server gives that one up.
  'history.maximumBufferedEventsBatch=2000',
  // Each installation is a deployment of its own, and stays one; beyond 100 no worker of another one is let in.
  'matching.maxDeployments=100000',
];

const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=normal'];

/** A server of the home's own data; `start` serves it on 127.0.0.1 and waits until it answers. */
export function embeddedTemporal(
  home: Home,
  table: ProcessTable,
  options: {
    binary: string;
    ports: Record<(typeof TEMPORAL_PORTS)[number], number>;
    namespace: string;
    /** URL of the API's codec endpoint, with which the Web UI shows compressed payloads. */
    codecEndpoint: string;
  },
): EmbeddedTemporal {
  const { ports } = options;
  const address = `127.0.0.1:${ports.temporal}`;
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--namespace', options.namespace],
    ...['--port', `${ports.temporal}`, '--ui-port', `${ports.temporalUi}`],
    ...['--http-port', `${ports.temporalHttp}`, '--metrics-port', `${ports.temporalMetrics}`],
    ...['--db-filename', home.temporalDatabase],
    ...SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
    ...['--ui-codec-endpoint', options.codecEndpoint],
    ...['--log-level', 'warn', '--color', 'never'],
  ];

  async function start(): Promise<Managed> {
    // Two servers on one SQLite file would each write what the other does not know of.
    await endServers(home, 'temporal');
    const complete = ensureFolder(home);
    const managed = await table.start('temporal', options.binary, args, { cwd: home.folder });
    const ready = waitForTemporal(address, options.namespace, managed.exited);
    ready.catch(() => {}); // Lost the race: the exit below says more.
    const outcome = await Promise.race([ready, managed.exited]).catch(async (error: unknown) => {
      await table.stop('temporal', TEMPORAL_STOP);
      throw error;
    });
    if (outcome !== 'ready') throw new Error(`Temporal did not start; its log ends: ${tailOf(managed.logFile)}`);
    fs.writeFileSync(complete, '');
    return managed;
  }
  return { start, address, uiUrl: `http://127.0.0.1:${ports.temporalUi}` };
}

/**
 * The server makes its tables only when the database file is not there, so one that was stopped while making them would
 * never start again: until it has answered once, what is there is thrown away.
 *
 * @returns the file that says that the database is complete
 */
function ensureFolder(home: Home): string {
  const complete = path.join(home.temporalFolder, 'complete');
  if (!fs.existsSync(complete)) fs.rmSync(home.temporalFolder, { recursive: true, force: true });
  fs.mkdirSync(home.temporalFolder, { recursive: true, mode: 0o700 });
  return complete;
}
