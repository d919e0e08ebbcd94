import { z } from '@hono/zod-openapi';
import type { DbOrTransaction } from '../../../db/connection';
import type { PoolScheduleKind } from '../../../db/pool-schedule-tables';
import { findPoolSchedule, findPools, itemsOfSchedule } from '../../../db/pool-schedules';
import { noSuch } from '../../../inventory/pools/refusals';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { noTaskSchema, savedTaskData, savedTaskSchema } from './data';

const data = z
  .union([z.array(savedTaskSchema), savedTaskSchema, noTaskSchema])
  .describe('A list of one or none; for the web client the one, or id 0');

const badPoolId = (given: string) => `Bad pool id: ${given}`;

/** What is saved of a pool for one thing; there is one at most (orion §8). */
function savedOf(name: string, path: string, kind: PoolScheduleKind, summary: string) {
  return defineEndpoint({
    name,
    method: 'post',
    path,
    summary,
    needs: 'viewer',
    input: z.object({}),
    data,
    badId: badPoolId,
    says: [missing('pool', ({ reason }) => badPoolId(String((reason!.args as { id: number }).id)), 400)],
    async run({ services: { db }, project, ids, isWebClient }) {
      const task = await find(db, { projectId: project.id, poolId: ids.pool_id!, kind });
      if (!isWebClient) return { data: task ? [task] : [] };
      return { data: task ?? { id: 0 as const, cron_items: [], depend_items: [] } };
    },
  });
}

async function find(
  db: DbOrTransaction,
  { projectId, poolId, kind }: { projectId: number; poolId: number; kind: PoolScheduleKind },
) {
  const [own] = await findPools(db, projectId, [poolId]);
  if (!own) throw noSuch('pool', poolId);
  const schedule = await findPoolSchedule(db, projectId, { poolId, kind });
  if (!schedule) return undefined;
  const items = await itemsOfSchedule(db, schedule.id);
  const others = await findPools(
    db,
    projectId,
    items.depend.map(({ pool_id }) => pool_id),
  );
  return savedTaskData(schedule, items, new Map([own, ...others].map((pool) => [pool.id, pool])));
}

export const expandList = savedOf(
  'list_expand_tasks',
  '/task/expandList/{pool_id}',
  'expand',
  'What is saved of a pool for its expansion',
);

export const uploadList = savedOf(
  'list_upload_tasks',
  '/task/uploadList/{pool_id}',
  'deploy',
  'What is saved of a pool for its deployment',
);
