import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { EndWriter } from '../activities/hosts/end-writer';
import { FairGate } from '../activities/hosts/fair-gate';
import { LogWeeks } from '../activities/hosts/log-weeks';
import { LogWriter } from '../activities/hosts/log-writer';
import type { HostMeans } from '../activities/hosts/means';
import { ProviderHosts } from '../activities/hosts/provider-hosts';
import { Reaper } from '../activities/hosts/reaper';
import type { Log } from '../base/log';
import type { SshPool } from '../hosts/ssh/pool';
import { createProviderSteps } from '../rollouts/providers';
import { readProviderSettings } from '../rollouts/providers/settings';
import { createLauncher } from '../schedules/launch';
import type { Connected } from '../tasks/services';
import { dataConverter } from '../temporal/codec';
import { taskQueueOf } from '../temporal/names';
import { openFilesProblem, readLimits } from './open-files';
import { reachFrom } from './reach';
import { deploymentVersion, makeCurrent } from './versions';

/** Made by the build; loading it spares every worker the bundling. */
export const WORKFLOW_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');

/** How long a workflow task waits for the worker that knows its workflow, which may have died, before any may have it. */
const STICKY_MS = 3_000;
const HOSTS_PARALLEL = 500;
/** All activities at once, and those of them that may be parts of steps over hosts, which may last for hours. */
const ACTIVITIES = 200;
const HOST_PARTS = 100;
const SHUTDOWN_GRACE_MS = 2_000;
const SHUTDOWN_FORCE_MS = 4_000;

/** Frames of a stack trace in workflow code, and everywhere else. */
const WORKFLOW_STACK_FRAMES = 3;
const STACK_FRAMES = 10;

export interface WorkerSetup {
  /** Addresses and networks, separated by commas, in which hosts may be reached; absent: none. */
  hostsAllow?: string;
  /** Hosts that are under way at once. */
  hostsParallel?: number;
  /** Connections to hosts in place of its own, for measurements; they end with the worker. */
  pool?: SshPool;
  /** What providers do for rollouts, in place of those that the environment names. */
  providers?: HostMeans['providers'];
  /** How many days what hosts have written is kept. */
  logDays?: number;
  /** Path of the bundled workflows. */
  bundle?: string;
  /** In place of its own. */
  options?: Partial<WorkerOptions>;
}

/** A worker that polls. */
export interface RunningWorker {
  /** Settles when the worker has stopped; rejects when it breaks. */
  finished: Promise<void>;
  /** Lets what runs end for a moment, then stops. */
  stop(): Promise<void>;
}

/**
 * Starts a worker of an installation, which also launches what its schedules fire, and makes its build the one that tasks
 * run on. Services and connections stay the caller's.
 */
export async function startWorker(
  { services, installation, server: { address, namespace } }: Pick<Connected, 'services' | 'installation' | 'server'>,
  {
    hostsAllow = '',
    hostsParallel = HOSTS_PARALLEL,
    logDays = 30,
    pool,
    providers,
    bundle = WORKFLOW_BUNDLE,
    options,
  }: WorkerSetup = {},
): Promise<RunningWorker> {
  const version = deploymentVersion(installation, bundle);
  const reach = reachFrom(services.db, hostsAllow, pool);
  const problem = openFilesProblem(readLimits(), hostsParallel);
  if (problem) services.log.warn({}, problem);
  const places = new FairGate(hostsParallel);
  const parts = new FairGate(HOST_PARTS);
  const hosts: HostMeans = {
    reach,
    logs: new LogWriter(services.db),
    ends: new EndWriter(services.db),
    parts,
    places,
    installation: installation.name,
    providers: providers ?? createProviderSteps(services.db, readProviderSettings(), new ProviderHosts(reach)),
  };
  const reaper = new Reaper(hosts, services.log);
  const logWeeks = new LogWeeks(services.db, logDays, services.log);
  const connection = await NativeConnection.connect({ address });
  const worker = await createWithShortStacks({
    connection,
    namespace,
    taskQueue: taskQueueOf(installation),
    workflowBundle: { codePath: bundle },
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
    activities: createActivities(services.db, { launch: createLauncher(services), hosts }),
    dataConverter,
    maxConcurrentActivityTaskExecutions: ACTIVITIES,
    maxConcurrentLocalActivityExecutions: 100,
    stickyQueueScheduleToStartTimeout: STICKY_MS,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
    ...options,
  });
  const finished = worker.run().finally(async () => {
    await Promise.all([reaper.stop(), logWeeks.stop()]);
    await Promise.all([reach.pool.close(), connection.close()]);
  });
  reaper.start();
  logWeeks.start();
  await Promise.race([makeCurrent(connection, namespace, version), finished]);
  services.log.info({ taskQueue: taskQueueOf(installation), buildId: version.buildId }, 'worker runs');
  return {
    finished,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    },
  };
}

/**
 * The SDK formats the stack of every promise that workflow code makes, frame by frame: with few frames a workflow costs a
 * tenth less. What makes a context reads the limit once, so that it holds for workflow code alone.
 */
async function createWithShortStacks(options: WorkerOptions): Promise<Worker> {
  setFlagsFromString(`--stack-trace-limit=${WORKFLOW_STACK_FRAMES}`);
  try {
    return await Worker.create(options);
  } finally {
    setFlagsFromString(`--stack-trace-limit=${STACK_FRAMES}`);
  }
}

/**
 * Sends the SDK's log lines to ours; once a process, before the first worker.
 *
 * @param metricsAddress where the SDK shows what it measures, for Prometheus, as `127.0.0.1:9464`; empty: nowhere
 */
export function installRuntime(log: Log, metricsAddress = ''): Runtime {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    // Less than INFO is not passed on.
    log[level.toLowerCase() as 'info' | 'warn' | 'error'](meta ?? {}, message);
  });
  const telemetryOptions = metricsAddress === '' ? {} : { metrics: { prometheus: { bindAddress: metricsAddress } } };
  return Runtime.install({ logger, shutdownSignals: [], telemetryOptions });
}
