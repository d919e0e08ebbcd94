import { z } from '@hono/zod-openapi';
import { zoneOf } from '../../../access/projects';
import { GantryError } from '../../../base/error';
import { type Cron, cronText, parseCron } from '../../../schedules/cron';
import { previewSchedule } from '../../../schedules/preview';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { requirePeriodicTask } from './lookup';
import { cronSchema } from './schema';

const previewSchema = z.object({
  cron: z.string(),
  time_zone: z.string(),
  fire_times: z.array(z.string()).describe('The next ten, on the clock of the time zone'),
  warnings: z
    .array(
      z.object({
        kind: z.enum(['skipped', 'doubled']),
        first: z.string(),
        count: z.number().int(),
        runs: z.number().int(),
        message: z.string(),
      }),
    )
    .describe('What the changes of the clock within a year do to the schedule'),
});

/** Not in the original gateway: when a periodic task will run, enabled or not. */
export const previewPeriodicTask = defineEndpoint({
  name: 'preview_periodic_task',
  method: 'get',
  path: ['task_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Preview the next ten runs of a periodic task',
  input: z.object({}),
  data: previewSchema,
  async run(call) {
    const { cron, time_zone } = await requirePeriodicTask(call);
    return { data: preview(cron as Cron, time_zone) };
  },
});

/** Not in the original gateway: when a cron object would fire. */
export const previewCron = defineEndpoint({
  name: 'preview_cron',
  method: 'post',
  onlyReads: true,
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Preview the next ten times of a cron object',
  input: z.object({ cron: cronSchema, time_zone: z.string().optional() }),
  data: previewSchema,
  async run({ project }, { cron, time_zone }) {
    return { data: preview(cron, time_zone || zoneOf(project)) };
  },
});

function preview(cron: Cron, timeZone: string): z.output<typeof previewSchema> {
  const { fireTimes, warnings } = previewIn(cron, timeZone);
  const format = timeFormatter({ time_zone: timeZone });
  return {
    cron: cronText(cron, timeZone),
    time_zone: timeZone,
    fire_times: fireTimes.map((at) => format(at) ?? ''),
    warnings,
  };
}

function previewIn(cron: Cron, timeZone: string) {
  const calendar = parseCron(cron);
  try {
    return previewSchedule(calendar, timeZone, new Date());
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new GantryError('validation', `time_zone ${timeZone} is unknown.`, { cause });
  }
}
