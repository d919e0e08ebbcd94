import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { messageOf } from './output';

const READY_WITHIN_MS = 60_000;
const CONNECT_MS = 3_000;
const POLL_MS = 100;

/**
 * Waits until a Temporal server answers for the namespace by a real call.
 *
 * @param address `host:port`
 * @param given up early when this is fulfilled, e.g. the server's end
 */
export async function waitForTemporal(address: string, namespace: string, given?: Promise<unknown>): Promise<'ready'> {
  const deadlineMs = Date.now() + READY_WITHIN_MS;
  let over = false;
  void given?.then(() => {
    over = true;
  });
  for (;;) {
    try {
      await askTemporal(address, namespace);
      return 'ready';
    } catch (error) {
      if (over || Date.now() > deadlineMs) {
        throw new Error(`Temporal at ${address} (namespace ${namespace}) does not answer: ${messageOf(error)}`, {
          cause: error,
        });
      }
      await sleep(POLL_MS);
    }
  }
}

/** Fulfilled when a Temporal server answers for the namespace now. */
export async function askTemporal(address: string, namespace: string): Promise<void> {
  await withConnection(address, async ({ workflowService }) => {
    await workflowService.getSystemInfo({});
    await workflowService.describeNamespace({ namespace });
  });
}

/** Runs `work` with a connection of its own, closed at the end. */
export async function withConnection<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_MS });
  try {
    return await work(connection);
  } finally {
    await connection.close().catch(() => {});
  }
}
