import { requireNamespace } from '../tasks/namespace';
import { connectServices } from '../tasks/services';
import { installRuntime, startWorker } from '../worker/worker';
import { baseUrlOf, readConfig } from './config';
import { createLog } from './log';
import { reportReady, untilStopped } from './signals';

/** `gantry worker`: runs workflows and activities until it is told to stop; what runs then is given a moment to end. */
export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('worker', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  installRuntime(log, config.GANTRY_WORKER_METRICS);
  const connected = await connectServices({
    database: { url: config.DATABASE_URL, maxConnections: 20 },
    server: { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE },
    log,
    baseUrl: baseUrlOf(config),
  });
  await requireNamespace(connected.services, config.TEMPORAL_ADDRESS);
  const worker = await startWorker(connected, {
    hostsAllow: config.GANTRY_HOSTS_ALLOW,
    hostsParallel: config.GANTRY_HOSTS_PARALLEL,
    logDays: config.GANTRY_LOG_DAYS,
  });
  reportReady();
  await Promise.race([stopped, worker.finished]);
  await worker.stop();
  await connected.close();
}
