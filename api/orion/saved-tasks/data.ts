import { z } from '@hono/zod-openapi';
import type { PoolScheduleItems, PoolScheduleRecord } from '../../../db/pool-schedules';
import type { PoolRecord } from '../../../db/pools';

const cronItem = z.object({
  id: z.number().int(),
  instance_num: z.number().int(),
  concurr_ratio: z.number().int(),
  concurr_num: z.number().int(),
  week_day: z.number().int(),
  time: z.string(),
  ignore: z.boolean(),
});

const poolOfTask = z.object({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  vm_type: z.number().int(),
  sd_id: z.number().int(),
  tasks: z.object({ expand: z.number().int(), shrink: z.number().int(), deploy: z.number().int() }),
});

const dependItem = z.object({
  id: z.number().int(),
  pool: poolOfTask,
  ratio: z.number(),
  elastic_count: z.number().int(),
  step_name: z.string(),
  ignore: z.boolean(),
});

/** A saved task as it is answered (orion §8). */
export const savedTaskSchema = z.object({
  id: z.number().int(),
  pool: poolOfTask,
  cron_items: z.array(cronItem),
  depend_items: z.array(dependItem),
  type: z.enum(['expand', 'shrink', 'upload']),
  exec_type: z.enum(['crontab', 'depend']),
});

/** What the web client gets where nothing is saved. */
export const noTaskSchema = z.object({
  id: z.literal(0),
  cron_items: z.array(z.unknown()).max(0),
  depend_items: z.array(z.unknown()).max(0),
});

/** @param pools that of the schedule, and those of its items, by id */
export function savedTaskData(
  { id, pool_id, kind, exec_type }: PoolScheduleRecord,
  { cron, depend }: PoolScheduleItems,
  pools: ReadonlyMap<number, PoolRecord>,
): z.input<typeof savedTaskSchema> {
  return {
    id,
    pool: poolData(pools.get(pool_id)!),
    cron_items: cron.map((item) => ({
      id: item.id,
      instance_num: item.hosts,
      concurr_ratio: item.max_ratio,
      concurr_num: item.max_num,
      week_day: item.week_day,
      time: item.time,
      ignore: item.is_ignored,
    })),
    depend_items: depend.map((item) => ({
      id: item.id,
      pool: poolData(pools.get(item.pool_id)!),
      ratio: item.ratio,
      elastic_count: item.spare,
      step_name: item.step_name,
      ignore: item.is_ignored,
    })),
    type: kind === 'deploy' ? 'upload' : kind,
    exec_type,
  };
}

function poolData(pool: PoolRecord): z.input<typeof poolOfTask> {
  const { id, name, description: desc, vm_type, sd_id } = pool;
  const tasks = { expand: pool.expand_template, shrink: pool.shrink_template, deploy: pool.deploy_template };
  return { id, name, desc, vm_type, sd_id, tasks };
}
