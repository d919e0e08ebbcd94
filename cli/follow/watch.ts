import { setTimeout as delay } from 'node:timers/promises';
import { Refusal, type V1Client } from '../v1/client';
import { eventsIn } from './event-stream';
import type { TaskEvent } from './model';
import { AGAIN_MS, MAX_MISSED, mayPass, patiently } from './patient';
import { lookAt } from './poll';

const NOT_FOUND = 404;

/**
 * What happens to a task, from its beginning, in batches after each of which all is as it was at one time. When the stream
 * breaks it is taken up where it was; where there is none, the task is looked at again and again.
 *
 * @throws Unreachable when there is no API for two minutes; Refusal
 */
export async function* watchTask(
  client: V1Client,
  { project, taskId }: { project: string; taskId: number },
  signal: AbortSignal,
): AsyncGenerator<TaskEvent[]> {
  const path = `${project}/tasks/${taskId}/events`;
  let lastId: string | undefined;
  for (let missed = 0; !signal.aborted; ) {
    try {
      const stream = await client.open(path, lastId, signal);
      if (!stream) return;
      let batch: TaskEvent[] = [];
      for await (const { id, ...event } of eventsIn(stream)) {
        batch.push(event as TaskEvent);
        if (id === undefined) continue;
        lastId = id;
        missed = 0;
        yield batch;
        batch = [];
      }
      missed += 1;
    } catch (error) {
      if (signal.aborted) return;
      missed += 1;
      // A server that is older has no streams at all.
      if (error instanceof Refusal && (mayPass(error) || error.status === NOT_FOUND)) {
        yield await patiently(() => lookAt(client, project, taskId), signal);
        missed = 0;
      } else if (error instanceof Refusal) throw error;
      if (missed >= MAX_MISSED) throw error;
    }
    await delay(AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}
