import { z } from '@hono/zod-openapi';
import { wrongField } from '../../../base/error';
import { type Cursor, isCursor } from '../../../db/changes';
import { type Batch, TaskWatch } from '../../../tasks/view/watch';
import type { StreamEvent } from '../../event-stream';
import { openStreams } from '../../open-streams';
import { defineEndpoint } from '../endpoint';
import { events, showBatch } from './schema';

/** Who may see it is asked again when the client comes again: a stream is no longer than this. */
const LONGEST_MS = 5 * 60_000;

export const watchTaskEndpoint = defineEndpoint({
  name: 'watch_task',
  method: 'get',
  path: '/projects/{project_id}/tasks/{task_id}/events',
  needs: 'viewer',
  summary: 'What happens to a task, live: its state, its nodes, its hosts and how far their logs go',
  input: z.object({
    after: z
      .string()
      .optional()
      .describe('A cursor: what has been seen already; a header Last-Event-ID counts before it. Absent: nothing'),
  }),
  events,
  async run({ services, project, ids, caller, header, stopping }, { after }) {
    const at = { projectId: project.id, taskId: ids.task_id! };
    const watch = await TaskWatch.open(services, at, readCursor(after, header('last-event-id')));
    if (!watch) return {};
    const stop = new AbortController();
    const who = `${caller.app.code} ${caller.username}`;
    const until = openStreams.open(who, LONGEST_MS, [stop.signal, stopping]);
    return { events: { pieces: shown(watch.batches(until), stop), stop, until } };
  },
});

function readCursor(after: string | undefined, last: string | undefined): Cursor | undefined {
  const given = last || after;
  if (given === undefined || isCursor(given)) return given;
  throw wrongField('after is no cursor: give the id of the last event, or nothing', {
    code: 'malformed',
    args: { field: 'after', wanted: 'text' },
  });
}

async function* shown(batches: AsyncIterable<Batch>, stop: AbortController): AsyncGenerator<StreamEvent[]> {
  try {
    for await (const batch of batches) yield showBatch(batch);
  } finally {
    stop.abort();
  }
}

export const eventEndpoints = [watchTaskEndpoint];
