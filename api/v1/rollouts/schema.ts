import { z } from '@hono/zod-openapi';
import type { FlowBatchRecord } from '../../../db/flow-batches';
import type { LoggedLine } from '../../../db/flow-lists';
import type { FlowState } from '../../../db/flow-tables';
import type { ShownFlow } from '../../../rollouts/states';
import type { FlowView } from '../../../rollouts/view/flows';
import type { FlowHostView } from '../../../rollouts/view/hosts';
import { type Waiting, waitingText } from '../../../rollouts/view/waiting';
import { time } from '../business';
import { RUN_STATUSES } from '../host-steps/schema';

const STATES = ['to_come', 'running', 'done', 'failed'] as const;

/** How a rollout stands in the words of this API. */
export const ROLLOUT_STATES = [...STATES, 'paused', 'canceled'] as const;
/** How a host of it, or a batch, does. */
export const HOST_STATES = [...STATES, 'ended_early'] as const;

export type HostState = (typeof HOST_STATES)[number];

/** The number of a state of hosts. */
export function hostStateOf(name: HostState): FlowState {
  return HOST_STATES.indexOf(name) as FlowState;
}

const step = z.object({
  number: z.number().int().describe('From 0'),
  name: z.string(),
  type: z.enum(['remote', 'vm', 'sd', 'local']),
  values: z.record(z.string(), z.unknown()).nullable().describe('Null: those of the rollouts before fill the page'),
  retry_times: z.number().int(),
  ignore_error: z.boolean(),
});

export const rollout = z.object({
  id: z.number().int(),
  task_id: z.number().int().nullable().describe('Of the task that runs it; null: there is none yet'),
  name: z.string(),
  kind: z.enum(['run', 'deploy', 'expand', 'shrink']),
  origin: z.enum(['manual', 'crontab', 'depend']),
  pool_id: z.number().int().nullable().describe('Null: it is deleted'),
  pool: z.string().describe('Its name, as it was'),
  template_id: z.number().int().nullable(),
  template: z.string(),
  operator: z.string(),
  state: z.enum(ROLLOUT_STATES),
  waiting: z.object({ for: z.string(), text: z.string(), rollout_id: z.number().int().nullable() }).nullable(),
  batch_size: z.number().int(),
  batch_seconds: z.number().int().nullable(),
  is_auto: z.boolean(),
  soak_seconds: z.number().int(),
  max_failed: z.number().int().nullable(),
  part_of: z.number().int().nullable().describe('The rollout in whose task it is run'),
  hosts: z.object(Object.fromEntries(HOST_STATES.map((state) => [state, z.number().int()]))).describe('By state'),
  steps: z.array(step),
  queued_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

/** How a rollout stands, by its numbers. */
export function showState({ state, canceled }: ShownFlow): (typeof ROLLOUT_STATES)[number] {
  return canceled ? 'canceled' : state === 4 ? 'paused' : STATES[state];
}

export function showRollout(view: FlowView): z.input<typeof rollout> {
  const { flow, counts, steps, waiting, updatedAt } = view;
  const { id, task_id, name, kind, origin, pool_id, template_id, operator } = flow;
  const { batch_size, batch_seconds, is_auto, soak_seconds, max_failed, part_of } = flow;
  return {
    ...{ id, task_id, name, kind, origin, pool_id, template_id, operator },
    ...{ batch_size, batch_seconds, is_auto, soak_seconds, max_failed, part_of },
    pool: flow.pool_name,
    template: flow.template_name,
    state: showState(view),
    waiting: showWaiting(waiting),
    hosts: Object.fromEntries(HOST_STATES.map((name) => [name, counts[hostStateOf(name)]])),
    steps: steps.map(({ flow_id: _flow, ...own }) => own),
    queued_at: flow.queued_at?.toISOString() ?? null,
    created_at: flow.created_at.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

function showWaiting(waiting: Waiting | undefined): z.input<typeof rollout>['waiting'] {
  if (!waiting) return null;
  const rollout_id = waiting.for === 'pool' ? waiting.flowId : null;
  return { for: waiting.for, text: waitingText(waiting), rollout_id };
}

export const batch = z.object({
  number: z.number().int().describe('From 1'),
  state: z.enum(HOST_STATES),
  step: z.number().int().nullable().describe('The last one begun'),
  hosts: z.number().int(),
  opened_at: time.nullable(),
  deadline: time.nullable(),
  closed_at: time.nullable(),
});

export function showBatch({ hosts, ...record }: FlowBatchRecord & { hosts: number }): z.input<typeof batch> {
  const { number, state, step, opened_at, deadline, closed_at } = record;
  return {
    ...{ number, state: HOST_STATES[state], step: step < 0 ? null : step, hosts },
    opened_at: opened_at?.toISOString() ?? null,
    deadline: deadline?.toISOString() ?? null,
    closed_at: closed_at?.toISOString() ?? null,
  };
}

export const rolloutHost = z.object({
  id: z.number().int().describe('Of the host in this rollout'),
  place: z.number().int().describe('In the order of the rollout, from 1'),
  host_id: z.number().int().nullable().describe('Null: the host is deleted'),
  address: z.string().describe('Empty: not known yet'),
  vm_id: z.string(),
  batch: z.number().int(),
  state: z.enum(HOST_STATES),
  step: z.number().int().describe('The step that it is at, or failed at'),
  outcome: z.string().describe('How its last step has ended; empty: none has'),
  reason: z.string(),
  steps: z.array(
    z.object({
      number: z.number().int(),
      name: z.string(),
      status: z.enum(RUN_STATUSES),
      attempts: z.number().int(),
      run_ms: z.number().describe('For how long it was under way'),
      started_at: time.nullable(),
      ended_at: time.nullable(),
    }),
  ),
  updated_at: time,
});

export function showHost({ host, steps }: FlowHostView): z.input<typeof rolloutHost> {
  const { id, place, host_id, address, vm_id, batch, state, step_number, outcome, reason, updated_at } = host;
  return {
    ...{ id, place, host_id, address, vm_id, batch, outcome, reason },
    state: HOST_STATES[state],
    step: step_number,
    steps: steps.map(({ step: number, name, status, attempts, ms, startedAt, endedAt }) => ({
      ...{ number, name, status, attempts, run_ms: Math.round(ms) },
      started_at: startedAt?.toISOString() ?? null,
      ended_at: endedAt?.toISOString() ?? null,
    })),
    updated_at: updated_at.toISOString(),
  };
}

export const line = z.object({
  id: z.number().int(),
  batch: z.number().int().describe('0: of the rollout'),
  message: z.string(),
  at: time,
});

export function showLine({ id, batch, message, created_at }: LoggedLine): z.input<typeof line> {
  return { id, batch, message, at: created_at.toISOString() };
}
