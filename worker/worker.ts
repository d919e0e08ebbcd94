import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import type { Db } from '../db/connection';
import { dataConverter } from '../temporal/codec';
import type { TemporalConfig } from '../temporal/connection';
import { type Installation, taskQueueOf } from '../temporal/names';
import type { Launch } from '../workflows/contract';
import { deploymentVersion, makeCurrent } from './versions';

/** Made by the build; loading it spares every worker the bundling. */
export const WORKFLOW_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');

/** How long a workflow task waits for the worker that knows its workflow, which may have died, before any may have it. */
const STICKY_MS = 3_000;
const SHUTDOWN_GRACE_MS = 2_000;
const SHUTDOWN_FORCE_MS = 4_000;

/** Frames of a stack trace in workflow code, and everywhere else. */
const WORKFLOW_STACK_FRAMES = 3;
const STACK_FRAMES = 10;

export interface WorkerSetup extends TemporalConfig {
  installation: Installation;
  db: Db;
  /** Creates and starts the task of a schedule's firing. */
  launch: Launch;
  log: Logger;
  /** Path of the bundled workflows. */
  bundle?: string;
  options?: Partial<WorkerOptions>;
}

/** A worker that polls. */
export interface RunningWorker {
  /** Settles when the worker has stopped; rejects when it breaks. */
  finished: Promise<void>;
  /** Lets what runs end for a moment, then stops. */
  stop(): Promise<void>;
}

/** Starts a worker of an installation, and makes its build the one that tasks run on. */
export async function startWorker({
  address,
  namespace,
  installation,
  db,
  launch,
  log,
  bundle = WORKFLOW_BUNDLE,
  options,
}: WorkerSetup): Promise<RunningWorker> {
  const version = deploymentVersion(installation, bundle);
  const connection = await NativeConnection.connect({ address });
  const worker = await createWithShortStacks({
    connection,
    namespace,
    taskQueue: taskQueueOf(installation),
    workflowBundle: { codePath: bundle },
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
    activities: createActivities(db, launch),
    dataConverter,
    maxConcurrentActivityTaskExecutions: 200,
    maxConcurrentLocalActivityExecutions: 100,
    stickyQueueScheduleToStartTimeout: STICKY_MS,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
    ...options,
  });
  const finished = worker.run().finally(() => connection.close());
  await Promise.race([makeCurrent(connection, namespace, version), finished]);
  log.info({ taskQueue: taskQueueOf(installation), buildId: version.buildId }, 'worker runs');
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

/** Sends the SDK's log lines to ours; once a process, before the first worker. */
export function installRuntime(log: Logger): Runtime {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const method = level.toLowerCase() as 'info' | 'warn' | 'error' | 'debug' | 'trace';
    log[method](meta ?? {}, message);
  });
  return Runtime.install({ logger, shutdownSignals: [] });
}
