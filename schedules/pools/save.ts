import type { Actor } from '../../base/actor';
import { GantryError, wrongField } from '../../base/error';
import { requireUnsealed } from '../../base/unsealed';
import { auditOf, insertAudit } from '../../db/audit';
import type { Db, DbOrTransaction } from '../../db/connection';
import type { PoolScheduleKind } from '../../db/pool-schedule-tables';
import {
  findDependent,
  findPoolSchedule,
  findPools,
  itemsOfSchedule,
  listDependencies,
  lockPoolSchedules,
  type NewCronItem,
  type NewDependItem,
  type PoolScheduleRecord,
  putPoolSchedule,
  replaceItems,
} from '../../db/pool-schedules';
import { transact } from '../../db/transaction';
import { catchUpFrom } from './calendar';
import { requireDistinctTimes, requireNoCircle } from './rules';

/** Items of one schedule, of each kind. */
export const MAX_CRON_ITEMS = 500;
export const MAX_DEPEND_ITEMS = 100;

/** What is to be done with a pool, when, and which pools it needs for that. */
export interface GivenSchedule {
  /** 0: the pool's for this kind, which need not be there. */
  id: number;
  poolId: number;
  kind: PoolScheduleKind;
  execType: 'crontab' | 'depend';
  cron: readonly NewCronItem[];
  depend: readonly NewDependItem[];
}

/**
 * Writes the schedule of a pool and kind; its items take the place of those that it has (orion §8).
 *
 * @returns its id
 * @throws GantryError `not_found` for a pool; `invalid` for one that is another pool's, times or pools that are there twice,
 *   pools that would depend on themselves, and pools with times that others depend on
 */
export async function savePoolSchedule(db: Db, projectId: number, given: GivenSchedule, actor: Actor): Promise<number> {
  requireUnsealed(
    given.depend.map(({ step_name }) => step_name),
    'depend_items',
  );
  requireDistinctTimes(given.cron);
  return transact(db, async (tx) => {
    await lockPoolSchedules(tx, projectId);
    const { poolId, kind, execType, cron, depend } = given;
    const before = await findBefore(tx, projectId, given);
    await requireDependencies(tx, projectId, given, before?.id ?? 0);
    const now = new Date();
    const was = before && { ...before, ...(await itemsOfSchedule(tx, before.id)) };
    const id = await putPoolSchedule(tx, {
      project_id: projectId,
      pool_id: poolId,
      kind,
      exec_type: execType,
      editor: actor.username,
      app_code: actor.appCode,
      due_since: new Date(catchUpFrom(kind, now.getTime())),
      look_at: execType === 'crontab' && cron.some(({ is_ignored }) => !is_ignored) ? now : null,
    });
    await replaceItems(tx, id, { cron, depend });
    const after = { id, pool_id: poolId, kind, exec_type: execType, ...(await itemsOfSchedule(tx, id)) };
    await insertAudit(tx, {
      ...auditOf(actor),
      projectId,
      action: before ? 'update' : 'create',
      object: `pool schedule ${id}`,
      detail: was ? { before: was, after } : { after },
    });
    return id;
  });
}

async function findBefore(
  tx: DbOrTransaction,
  projectId: number,
  { id, poolId, kind }: GivenSchedule,
): Promise<PoolScheduleRecord | undefined> {
  const [pool] = await findPools(tx, projectId, [poolId]);
  if (!pool) throw noPool(poolId);
  if (id === 0) return findPoolSchedule(tx, projectId, { poolId, kind });
  const before = await findPoolSchedule(tx, projectId, { id });
  const args = { field: 'id' };
  if (before?.pool_id !== poolId) {
    throw wrongField(`the current exec_task: ${id}, pool id: ${poolId} is wrong`, { code: 'malformed', args });
  }
  if (before.kind !== kind) {
    const message = `the current exec_task: ${id} is not of this type: send id 0 for the pool's own of it`;
    throw wrongField(message, { code: 'malformed', args });
  }
  return before;
}

/** Pools that others depend on follow those: they have no times of their own, and nobody follows himself. */
async function requireDependencies(
  tx: DbOrTransaction,
  projectId: number,
  { poolId, cron, depend }: GivenSchedule,
  scheduleId: number,
): Promise<void> {
  const pools = new Map(
    (
      await findPools(
        tx,
        projectId,
        depend.map(({ pool_id }) => pool_id),
      )
    ).map((one) => [one.id, one]),
  );
  const seen = new Set<number>();
  for (const { pool_id } of depend) {
    const pool = pools.get(pool_id);
    if (!pool) throw noPool(pool_id);
    if (seen.has(pool_id)) {
      const args = { what: 'depend item', name: pool.name };
      throw new GantryError('invalid', `Depend pool ${pool.name} is duplicate!`, {
        reason: { code: 'duplicate', args },
      });
    }
    seen.add(pool_id);
  }
  requireNoCircle(await listDependencies(tx, projectId, scheduleId), poolId, [...seen]);
  const clocked = [...pools.values()].find(({ has_cron }) => has_cron);
  if (clocked) {
    const message = `depend_items: pool ${clocked.name} has cron items of its own: delete those first`;
    throw wrongField(message, { code: 'malformed', args: { field: 'depend_items' } });
  }
  const dependent = cron.length > 0 ? await findDependent(tx, poolId) : undefined;
  if (dependent) {
    const message = `cron_items: pool ${dependent.name} depends on this pool, which can have no times of its own then`;
    throw wrongField(message, { code: 'malformed', args: { field: 'cron_items' } });
  }
}

function noPool(id: number): GantryError {
  return new GantryError('not_found', `pool not found: ${id}`, {
    reason: { code: 'not_found', args: { what: 'pool', id } },
  });
}
