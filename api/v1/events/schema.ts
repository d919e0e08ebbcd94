import { z } from '@hono/zod-openapi';
import type { CurrentNodeExecution } from '../../../db/current-nodes';
import type { TaskRecord } from '../../../db/tasks';
import type { OutlineNode } from '../../../tasks/view/outline';
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
      return event('task', showTask(change.task));
    case 'node':
      return event('node', showNode(change.attempt, change.node, change.attempt.error));
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

function showTask({ id, shown: state, started_at, finished_at }: TaskRecord): z.input<typeof events.task> {
  return { id, state, ...showPeriod(started_at, finished_at) };
}

/** An attempt of a node in the words of this API; a node that its program does not have any more has no name. */
export function showNode(
  attempt: CurrentNodeExecution,
  node: Pick<OutlineNode, 'name' | 'type'> | undefined,
  error: string | null,
): z.input<typeof events.node> {
  const { nodeId: id, loop, retry, status: state, skip, errorIgnored, waitingFor, startedAt, finishedAt } = attempt;
  const is = { id, name: node?.name ?? '', type: node?.type ?? null, loop, attempt: retry + 1, state, skip };
  return { ...is, error_ignored: errorIgnored, waiting_for: waitingFor, error, ...showPeriod(startedAt, finishedAt) };
}

/** From when to when something ran, as far as that is known. */
export function showPeriod(startedAt: Date | null, finishedAt: Date | null) {
  return { started_at: startedAt?.toISOString() ?? null, finished_at: finishedAt?.toISOString() ?? null };
}

function event<K extends keyof typeof events>(name: K, data: z.input<(typeof events)[K]>): StreamEvent {
  return { event: name, data };
}
