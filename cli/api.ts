import { serve } from '@hono/node-server';
import { createApp } from '../api/app';
import { inventoryReader } from '../api/inventory-text/reader';
import { parseLegacy, warnOfLegacy } from '../api/legacy';
import { Metrics } from '../api/metrics';
import { privateKeyReader } from '../api/private-key/reader';
import { FlowQueue } from '../rollouts/queue';
import { PoolClock } from '../schedules/pools/tick';
import { ScheduleReconciler } from '../schedules/reconcile';
import { requireNamespace } from '../tasks/namespace';
import { NoticeSender } from '../tasks/notices';
import { Reconciler } from '../tasks/reconcile';
import { connectServices } from '../tasks/services';
import { previews } from '../tasks/view/previews/pool';
import { yamlReader } from '../templates/yaml/aside';
import { baseUrlOf, readConfig } from './config';
import { createLog } from './log';
import { reportReady, untilStopped } from './signals';

const CLOSE_AFTER_MS = 3_000;
/** Who sends a request more slowly than this keeps no connection open. */
const REQUEST_TIMEOUT_MS = 60_000;

/** `gantry api`: serves HTTP until it is told to stop; requests under way are given a moment to end. */
export async function runApi(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('api', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  const stopping = new AbortController();
  void stopped.then(() => stopping.abort());
  const statementTimeoutMs = Math.ceil(config.GANTRY_STATEMENT_TIMEOUT * 1000);
  const baseUrl = baseUrlOf(config);
  const { services, close } = await connectServices({
    database: { url: config.DATABASE_URL, maxConnections: 20, statementTimeoutMs },
    server: { address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE },
    log,
    baseUrl,
  });
  await requireNamespace(services, config.TEMPORAL_ADDRESS);
  const metrics = new Metrics(services);
  metrics.observeProcess();
  const orionLegacy = parseLegacy(config.GANTRY_ORION_LEGACY);
  warnOfLegacy(orionLegacy, log);
  const app = createApp({
    services,
    metrics,
    metricsToken: config.GANTRY_METRICS_TOKEN,
    requestsPerSecond: config.GANTRY_RATE_LIMIT,
    strangersPerSecond: config.GANTRY_UNKNOWN_RATE,
    orionLegacy,
    trustedProxies: config.GANTRY_TRUSTED_PROXIES,
    ...(config.GANTRY_MAX_BODY ? { maxBodyBytes: config.GANTRY_MAX_BODY } : {}),
    stopping: stopping.signal,
    isReady: () => services.pipelines.isReachable(),
    ...(config.GANTRY_UI_URL ? { temporalUiUrl: config.GANTRY_UI_URL } : {}),
    ...(config.GANTRY_CODEC_TOKEN ? { codecToken: config.GANTRY_CODEC_TOKEN } : {}),
  });
  const reconcilers = [
    new Reconciler(services),
    new ScheduleReconciler(services),
    new NoticeSender(services),
    new FlowQueue(services),
    new PoolClock(services),
  ];
  const address = { hostname: config.GANTRY_HOST, port: config.GANTRY_PORT };
  const serverOptions = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
  const server = serve({ fetch: app.fetch, ...address, serverOptions }, () => {
    for (const reconciler of reconcilers) reconciler.start();
    reportReady();
    log.info({ baseUrl }, 'api serves');
  });
  await Promise.race([stopped, new Promise((_, reject) => server.on('error', reject))]);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), CLOSE_AFTER_MS).unref();
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  await closed;
  const threads = [previews, yamlReader, inventoryReader, privateKeyReader];
  await Promise.all([...threads.map((some) => some.close()), ...reconcilers.map((reconciler) => reconciler.stop())]);
  await close();
}
