import { installationName } from '../db/access';
import { connect } from '../db/connection';
import { createWorker, installRuntime } from '../temporal/worker';
import { readConfig } from './config';
import { createLog } from './log';
import { reportReady, untilStopped } from './signals';

/** `gantry worker`: runs workflows and activities until it is told to stop; what runs then is given a moment to end. */
export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog('worker', config.GANTRY_LOG_LEVEL);
  const stopped = untilStopped();
  installRuntime(log);
  const db = connect(config.DATABASE_URL, { maxConnections: 20 });
  const { worker, connection } = await createWorker({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    installation: { name: await installationName(db) },
    db,
    log,
  });
  const running = worker.run();
  reportReady();
  log.info('worker runs');
  await Promise.race([stopped, running]);
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
  await connection.close();
  await db.destroy();
}
