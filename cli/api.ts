import { serve } from '@hono/node-server';
import { createApp } from '../api/app';
import { installationName } from '../db/access';
import { connect } from '../db/connection';
import { Reconciler } from '../tasks/reconcile';
import { connectClient } from '../temporal/connection';
import { Pipelines } from '../temporal/pipelines';
import { readConfig } from './config';
import { createLog } from './log';
import { reportReady, untilStopped } from './signals';

const CLOSE_AFTER_MS = 3_000;

/** `gantry api`: serves HTTP until it is told to stop; requests under way are given a moment to end. */
export async function runApi(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('api', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  const db = connect(config.DATABASE_URL, { maxConnections: 20 });
  const client = await connectClient({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
  const pipelines = new Pipelines(client, { name: await installationName(db) });
  const baseUrl = config.GANTRY_BASE_URL ?? `http://${config.GANTRY_HOST}:${config.GANTRY_PORT}`;
  const services = { db, pipelines, log, baseUrl };
  const app = createApp({
    services,
    isReady: () => pipelines.isReachable(),
    ...(config.GANTRY_UI_URL ? { temporalUiUrl: config.GANTRY_UI_URL } : {}),
    ...(config.GANTRY_CODEC_TOKEN ? { codecToken: config.GANTRY_CODEC_TOKEN } : {}),
  });
  const reconciler = new Reconciler(services);
  const server = serve({ fetch: app.fetch, hostname: config.GANTRY_HOST, port: config.GANTRY_PORT }, () => {
    reconciler.start();
    reportReady();
    log.info({ baseUrl }, 'api serves');
  });
  await Promise.race([stopped, new Promise((_, reject) => server.on('error', reject))]);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), CLOSE_AFTER_MS).unref();
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  await closed;
  await reconciler.stop();
  await client.connection.close();
  await db.destroy();
}
