import { baseUrlOf, readConfig } from '../cli/config';
import { createLog } from '../cli/log';
import { reportReady, untilStopped } from '../cli/signals';
import { connectServices } from '../tasks/services';
import { installRuntime, startWorker } from '../worker/worker';
import { BARE_ACTIVITIES, bareInstallation } from './bare';
import { SimulatedPool } from './hosts/simulated-pool';

/**
 * The worker of `npm run bench`: the product's, which takes some hosts for simulated ones, and, where a bench compares with that
 * (`BENCH_BARE`), beside it in the same process, with the same settings and the same workflow code (`BENCH_BUNDLE`), one whose activities
 * do nothing and record nothing.
 */
async function main(): Promise<void> {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const config = readConfig(process.env);
  const log = createLog('bench-worker', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  installRuntime(log);
  const connected = await connectServices({
    database: { url: config.DATABASE_URL, maxConnections: 20 },
    server: { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE },
    log,
    baseUrl: baseUrlOf(config),
  });
  const bundle = process.env.BENCH_BUNDLE!;
  const bare = { ...connected, installation: bareInstallation(connected.installation) };
  const workers = [
    await startWorker(connected, {
      bundle,
      hostsParallel: config.GANTRY_HOSTS_PARALLEL,
      pool: new SimulatedPool(config.GANTRY_HOSTS_ALLOW),
    }),
    ...(process.env.BENCH_BARE === 'true'
      ? [await startWorker(bare, { bundle, options: { activities: BARE_ACTIVITIES } })]
      : []),
  ];
  reportReady();
  await Promise.race([stopped, ...workers.map(({ finished }) => finished)]);
  await Promise.all(workers.map((worker) => worker.stop()));
  await connected.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
