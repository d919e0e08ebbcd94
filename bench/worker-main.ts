import { readConfig } from '../cli/config';
import { createLog } from '../cli/log';
import { reportReady, untilStopped } from '../cli/signals';
import { installationName } from '../db/access';
import { connect } from '../db/connection';
import { installRuntime, startWorker } from '../worker/worker';
import { BARE_ACTIVITIES, bareInstallation } from './bare';

/**
 * The worker of `npm run bench`: the product's, and beside it in the same process, with the same settings and the same
 * workflow code (`BENCH_BUNDLE`), one whose activities do nothing and record nothing.
 */
async function main(): Promise<void> {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, ...config } = readConfig(process.env);
  const log = createLog('bench-worker', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  installRuntime(log);
  const db = connect(config.DATABASE_URL, { maxConnections: 20 });
  const installation = { name: await installationName(db) };
  const setup = { address, namespace, db, log, launch: refuseToLaunch, bundle: process.env.BENCH_BUNDLE! };
  const workers = [
    await startWorker({ ...setup, installation }),
    await startWorker({
      ...setup,
      installation: bareInstallation(installation),
      options: { activities: BARE_ACTIVITIES },
    }),
  ];
  reportReady();
  await Promise.race([stopped, ...workers.map(({ finished }) => finished)]);
  await Promise.all(workers.map((worker) => worker.stop()));
  await db.destroy();
}

/** Nothing in a bench is scheduled. */
async function refuseToLaunch(): Promise<never> {
  throw new Error('the bench has no schedules');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
