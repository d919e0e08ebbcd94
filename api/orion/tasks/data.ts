import { z } from '@hono/zod-openapi';
import type { FlowView } from '../../../rollouts/view/flows';
import { type FlowHostTimes, runTimeOf } from '../../../rollouts/view/hosts';
import { waitingText } from '../../../rollouts/view/waiting';

const state = z.number().int().describe('0: to come, 1: running, 2: done, 3: failed, 4: paused');
const stat = z.array(z.number().int()).describe('Nodes to come, running, done, failed, ended early');

/** A task as it is answered, in the document's names and in the web client's (orion §1.5). */
export const taskSchema = z.object({
  id: z.number().int(),
  template_id: z.number().int().describe('0: it is deleted'),
  template_name: z.string(),
  task_name: z.string(),
  pool_name: z.string(),
  state,
  Status: state,
  options: z
    .array(
      z.object({
        name: z.string(),
        param_values: z.record(z.string(), z.unknown()),
        retry: z.object({ retry_times: z.number().int(), ignore_error: z.boolean() }),
      }),
    )
    .describe('Its steps, as they were when it was made; of a page, 4 MB of values'),
  step_len: z.number().int().describe('Nodes of a batch'),
  opr_user: z.string(),
  created: z.string(),
  updated: z.string(),
  stat,
  Stat: stat,
  flow_type: z.string().describe('manual, crontab, depend'),
  kind: z.string().describe('run, deploy, expand, shrink'),
  canceled: z.boolean().describe('Somebody has ended it before it was done'),
  waiting_for: z.string().describe('Empty: it waits for nothing'),
  task_id: z.number().int().describe('Of the task that runs it, in the other APIs; 0: there is none yet'),
});

export function taskData(view: FlowView, timeOf: (at: Date) => string): z.input<typeof taskSchema> {
  const { flow, state, canceled = false, steps, counts, waiting, updatedAt } = view;
  const nodes = [counts[0], counts[1], counts[2], counts[3], counts[4]];
  return {
    id: flow.id,
    template_id: flow.template_id ?? 0,
    template_name: flow.template_name,
    task_name: flow.name,
    pool_name: flow.pool_name,
    ...{ state, Status: state },
    options: steps.map(({ name, values, retry_times, ignore_error }) => ({
      ...{ name, param_values: values ?? {} },
      retry: { retry_times, ignore_error },
    })),
    step_len: flow.batch_size,
    opr_user: flow.operator,
    created: timeOf(flow.created_at),
    updated: timeOf(updatedAt),
    ...{ stat: nodes, Stat: nodes },
    flow_type: flow.origin,
    kind: flow.kind,
    canceled,
    waiting_for: waitingText(waiting),
    task_id: flow.task_id ?? 0,
  };
}

/** A node of a task (orion §1.5). */
export const nodeSchema = z.object({
  id: z.number().int().describe('What /task/node/:nsid/log is asked with'),
  ip: z.string().describe('`-`: not known yet'),
  state,
  steps: z.string().describe('The step that it is at; `[]`: none was begun'),
  pool_name: z.string(),
  vm_id: z.string(),
  ...{ created: z.string(), Created: z.string(), updated: z.string(), Updated: z.string() },
  batch_id: z.number().int(),
  reason: z.string().describe('Why it stands so'),
  run_time: z.number().describe('Seconds for which steps were under way on it'),
  step_run_time: z.array(z.object({ name: z.string(), run_time: z.number() })).describe('The same of each step'),
});

export function nodeData(
  view: FlowHostTimes,
  { poolName, timeOf }: { poolName: string; timeOf: (at: Date) => string },
): z.input<typeof nodeSchema> {
  const { host, steps } = view;
  const times = [timeOf(host.created_at), timeOf(host.updated_at)] as const;
  return {
    id: host.id,
    ip: addressOf(host),
    state: host.state,
    steps: host.step === '' ? '[]' : host.step,
    pool_name: poolName,
    vm_id: host.vm_id,
    ...{ created: times[0], Created: times[0], updated: times[1], Updated: times[1] },
    batch_id: host.batch,
    reason: host.reason,
    run_time: seconds(runTimeOf(view)),
    step_run_time: steps.map(({ name, ms }) => ({ name, run_time: seconds(ms) })),
  };
}

/** One that has failed before its address was known is shown by its id (orion §1.5). */
function addressOf({ address, state, host_id, id }: FlowHostTimes['host']): string {
  if (address !== '') return address;
  return state === 3 ? String(host_id ?? id) : '-';
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
