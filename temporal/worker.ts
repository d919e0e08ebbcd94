import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import type { Db } from '../db/connection';
import { dataConverter } from './codec';
import type { TemporalConfig } from './connection';
import { type Installation, taskQueueOf } from './names';

/** Made by the build; loading it spares every worker the bundling. */
export const WORKFLOW_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');

const SHUTDOWN_GRACE_MS = 2_000;
const SHUTDOWN_FORCE_MS = 4_000;

export interface WorkerSetup extends TemporalConfig {
  installation: Installation;
  db: Db;
  log: Logger;
  /** Path of the bundled workflows. */
  bundle?: string;
  options?: Partial<WorkerOptions>;
}

/** Connects a worker of an installation; run it with `run()`, then close its connection. */
export async function createWorker({ address, namespace, installation, db, log, bundle, options }: WorkerSetup) {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: taskQueueOf(installation),
    workflowBundle: { codePath: bundle ?? WORKFLOW_BUNDLE },
    activities: createActivities(db),
    dataConverter,
    maxConcurrentActivityTaskExecutions: 200,
    maxConcurrentLocalActivityExecutions: 100,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
    shutdownForceTime: SHUTDOWN_FORCE_MS,
    ...options,
  });
  log.info({ taskQueue: taskQueueOf(installation) }, 'worker connected');
  return { worker, connection };
}

/** Sends the SDK's log lines to ours; once a process, before the first worker. */
export function installRuntime(log: Logger): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const method = level.toLowerCase() as 'info' | 'warn' | 'error' | 'debug' | 'trace';
    log[method](meta ?? {}, message);
  });
  Runtime.install({ logger, shutdownSignals: [] });
}
