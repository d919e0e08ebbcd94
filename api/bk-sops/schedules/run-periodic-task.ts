import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { listPeriodicLaunches, runPeriodicTaskNow } from '../../../schedules/periodic';
import { defineEndpoint } from '../endpoint';
import { timeFormatterIn } from '../format';
import { requirePeriodicTask } from './lookup';
import { pageFields, readPage } from './schema';

/** Not in the original gateway: runs a periodic task once, now, also while it is disabled. */
export const runPeriodicTaskNowEndpoint = defineEndpoint({
  name: 'run_periodic_task_now',
  method: 'post',
  path: ['task_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Run a periodic task now',
  input: z.object({}),
  data: z.object({
    state: z
      .enum(['launched', 'pending'])
      .describe('pending: no worker has taken it yet, or it waits for the task before'),
    task_id: z.number().int().nullable(),
  }),
  async run(call) {
    const launch = await runPeriodicTaskNow(call.services, await requirePeriodicTask(call), call.actor);
    if (!launch) return { data: { state: 'pending' as const, task_id: null } };
    if (launch.state !== 'launched') throw new GantryError('refused', launch.reason);
    return { data: { state: 'launched' as const, task_id: launch.taskId } };
  },
});

/** Not in the original gateway: what came of each firing, newest first. */
export const getPeriodicTaskHistory = defineEndpoint({
  name: 'get_periodic_task_history',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'List the runs of a periodic task',
  input: z.object({ ...pageFields, expected_timezone: z.string().optional() }),
  data: z.array(
    z.object({
      nominal_time: z.string().describe('The time of the schedule that the run is for'),
      start_at: z.string(),
      state: z.enum(['waiting', 'creating', 'launched', 'skipped', 'failed']),
      start_success: z.boolean(),
      task_id: z.number().int().nullable(),
      ex_data: z.string().describe('Why there is no task, or what it waits for'),
    }),
  ),
  beside: { count: z.number().int() },
  async run(call, { expected_timezone, ...page }) {
    const format = timeFormatterIn(call.project, expected_timezone);
    const task = await requirePeriodicTask(call);
    const { launches, count } = await listPeriodicLaunches(call.services.db, task, readPage(page));
    const data = launches.map(({ nominal_at, created_at, state, task_id, ex_data }) => ({
      nominal_time: format(nominal_at) ?? '',
      start_at: format(created_at) ?? '',
      state,
      start_success: state === 'launched',
      task_id,
      ex_data,
    }));
    return { data, beside: { count } };
  },
});
