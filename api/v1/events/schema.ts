import { z } from '@hono/zod-openapi';
import type { TaskRecord } from '../../../db/tasks';
import type { Batch, Change } from '../../../tasks/view/watch';
import type { StreamEvent } from '../../event-stream';
import { time } from '../business';
import { run, showRun, showStep, step } from '../host-steps/schema';

const period = { started_at: time.nullable(), finished_at: time.nullable() };

/** What the events of a stream are made of, by their names. */
export const events = {
  task: z.object({ id: z.number().int(), state: z.string(), ...period }),
  node: z.object({
    id: z.string(),
    name: z.string(),
    type: z.string().nullable(),
    loop: z.number().int(),
    attempt: z.number().int(),
    state: z.string(),
    skip: z.boolean(),
    error_ignored: z.boolean(),
    waiting_for: z.string().nullable().describe('In words, when the node waits'),
    error: z.string().nullable().describe('Why it has failed: the first 2,000 characters'),
    ...period,
  }),
  host_step: step.omit({ counts: true, total: true, failed: true }),
  host: run.extend({ step_id: z.number().int() }),
  end: z.object({ state: z.string() }).describe('Nothing will change any more'),
};

export type ShownEvents = { [K in keyof typeof events]: z.output<(typeof events)[K]> };

/** Changes in the words of this API. Those that belong together are told up to the last one before the cursor is. */
export function showBatch({ changes, cursor }: Batch): StreamEvent[] {
  const shown: StreamEvent[] = changes.map(showChange);
  if (cursor === undefined) return shown;
  const last = shown.pop() ?? { event: 'seen', data: {} };
  return [...shown, { ...last, id: cursor }];
}

function showChange(change: Change): StreamEvent {
  switch (change.kind) {
    case 'task':
      return event('task', { id: change.task.id, state: change.task.shown, ...periodOf(change.task) });
    case 'node':
      return event('node', showNode(change));
    case 'host_step': {
      const { counts: _, total: __, failed: ___, ...shown } = showStep({ ...change.step, counts: {} });
      return event('host_step', shown);
    }
    case 'host':
      return event('host', { step_id: change.run.step_id, ...showRun(change.run) });
    case 'end':
      return event('end', { state: change.task.shown });
    default:
      return change satisfies never;
  }
}

function showNode({ attempt, node }: Extract<Change, { kind: 'node' }>): z.input<typeof events.node> {
  const { node_id: id, loop, retry, status: state, skip, error_ignored, waiting_for, error } = attempt;
  const is = { id, name: node?.name ?? '', type: node?.type ?? null, loop, attempt: retry + 1 };
  return { ...is, state, skip, error_ignored, waiting_for, error, ...periodOf(attempt) };
}

function periodOf({ started_at, finished_at }: Pick<TaskRecord, 'started_at' | 'finished_at'>) {
  return { started_at: started_at?.toISOString() ?? null, finished_at: finished_at?.toISOString() ?? null };
}

function event<K extends keyof typeof events>(name: K, data: z.input<(typeof events)[K]>): StreamEvent {
  return { event: name, data };
}
