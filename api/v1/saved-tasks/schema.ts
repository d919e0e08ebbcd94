import { z } from '@hono/zod-openapi';
import type { PoolScheduleDetail, PoolScheduleView } from '../../../schedules/pools/view';
import { time } from '../business';
import { HOST_STATES, hostStateOf, ROLLOUT_STATES, showState } from '../rollouts/schema';

const lastRollout = z.object({
  id: z.number().int(),
  kind: z.enum(['run', 'deploy', 'expand', 'shrink']),
  state: z.enum(ROLLOUT_STATES),
  part_of: z.number().int().nullable().describe('The rollout in whose task it is run'),
  hosts: z.object(Object.fromEntries(HOST_STATES.map((state) => [state, z.number().int()]))).describe('By state'),
  created_at: time,
});

const common = {
  id: z.number().int(),
  pool_id: z.number().int(),
  pool: z.string(),
  type: z.enum(['expand', 'shrink', 'upload']),
  exec_type: z.enum(['crontab', 'depend']),
  editor: z.string().describe('Who has saved it last: its rollouts are made in that name'),
  next_at: time.nullable().describe('When it is due next; null: never. In the past: that is about to be done'),
  done_until: time.describe('What it was due for until then is done, or let be'),
  refusal: z.string().describe('Why what it was due for last was refused; empty: it was not'),
  updated_at: time,
};

export const savedTask = z.object({ ...common, last_rollout: lastRollout.nullable() });

export const savedTaskDetail = z.object({
  ...common,
  next: z
    .array(z.object({ at: time, cron_item: z.number().int(), hosts: z.number().int() }))
    .describe('The next ten times'),
  last_rollouts: z.array(lastRollout).describe('The last ten, the newest first'),
  cron_items: z.array(
    z.object({
      id: z.number().int(),
      week_day: z.number().int().describe('0: every day; 1: Sunday, to 7: Saturday'),
      time: z.string().describe('On the clock of the project'),
      hosts: z.number().int().describe('That the pool is to have'),
      max_ratio: z.number().int().describe('Of an upload, at once: in percent'),
      max_num: z.number().int().describe('The same in hosts'),
      is_ignored: z.boolean(),
    }),
  ),
  depend_items: z.array(
    z.object({
      id: z.number().int(),
      pool_id: z.number().int(),
      ratio: z.number().describe('Hosts there for each one here'),
      spare: z.number().int().describe('Hosts there beside those'),
      step_name: z.string().describe('The step after which a host there counts; empty: its last one'),
      is_ignored: z.boolean(),
    }),
  ),
});

export function showSavedTask(view: PoolScheduleView): z.input<typeof savedTask> {
  return { ...showCommon(view), last_rollout: view.flows.map(showLast)[0] ?? null };
}

export function showSavedTaskDetail(view: PoolScheduleDetail): z.input<typeof savedTaskDetail> {
  const { items, next, flows } = view;
  return {
    ...showCommon(view),
    next: next.map(({ at, item }) => ({ at: new Date(at).toISOString(), cron_item: item.id, hosts: item.hosts })),
    last_rollouts: flows.map(showLast),
    cron_items: items.cron.map(({ schedule_id: _own, ...item }) => item),
    depend_items: items.depend.map(({ schedule_id: _own, ...item }) => item),
  };
}

function showCommon({ schedule }: PoolScheduleView) {
  const { id, pool_id, pool, kind, exec_type, editor, look_at, due_since, refusal, updated_at } = schedule;
  return {
    ...{ id, pool_id, pool, exec_type, editor, refusal },
    type: kind === 'deploy' ? ('upload' as const) : kind,
    next_at: look_at?.toISOString() ?? null,
    done_until: due_since.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

function showLast(view: PoolScheduleView['flows'][number]): z.input<typeof lastRollout> {
  const { id, kind, part_of, created_at } = view.flow;
  return {
    ...{ id, kind, part_of, state: showState(view) },
    hosts: Object.fromEntries(HOST_STATES.map((name) => [name, view.counts[hostStateOf(name)]])),
    created_at: created_at.toISOString(),
  };
}
