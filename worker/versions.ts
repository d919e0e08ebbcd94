import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';
import type { Installation } from '../temporal/names';

const RETRY_MS = 100;
const GIVE_UP_AFTER_MS = 20_000;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/** Which code a worker runs: its build id is the bundle's hash, so that the same code is the same build. */
export function deploymentVersion({ name }: Installation, bundle: string): { deploymentName: string; buildId: string } {
  const buildId = createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 16);
  return { deploymentName: `gantry-${name}`, buildId };
}

/**
 * Makes a build the one that tasks run on from now: without a current build a versioned worker runs nothing. The server
 * knows the build a moment after its worker has begun to poll.
 *
 * @throws Error when the server does not take it in time
 */
export async function makeCurrent(
  connection: NativeConnection,
  namespace: string,
  { deploymentName, buildId }: { deploymentName: string; buildId: string },
): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      await connection.workflowService.setWorkerDeploymentCurrentVersion({
        namespace,
        deploymentName,
        buildId,
        ignoreMissingTaskQueues: true,
      });
      return;
    } catch (error) {
      const { code } = error as { code?: number };
      const isEarly = code === NOT_FOUND || code === FAILED_PRECONDITION;
      if (!isEarly || Date.now() > giveUpAt)
        throw new Error(`build ${buildId} could not be made current`, { cause: error });
      await delay(RETRY_MS);
    }
  }
}
