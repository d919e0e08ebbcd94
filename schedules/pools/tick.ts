import { zoneOf } from '../../access/projects';
import { KEPT } from '../../access/rights';
import { GantryError } from '../../base/error';
import { Rounds } from '../../base/rounds';
import { findProject } from '../../db/access';
import { auditOf, insertAudit } from '../../db/audit';
import type { DbOrTransaction } from '../../db/connection';
import {
  holdPoolSchedule,
  itemsOfSchedule,
  listToLookAt,
  type PoolScheduleRecord,
  settleUntil,
} from '../../db/pool-schedules';
import { transact } from '../../db/transaction';
import type { FlowServices } from '../../rollouts/flows/request';
import { startDue } from '../../rollouts/queue';
import { applyItem } from './apply';
import { lastDue, nextDue } from './calendar';

/** A deploy that could not begin by then is let be: somebody may have done it meanwhile. */
const DEPLOY_GRACE_MS = 3600_000;

/**
 * Does what saved tasks are due for; in every API process, and that several do so does no harm. Those that are not due cost one
 * query, however many they are.
 */
export class PoolClock extends Rounds {
  constructor(private readonly services: FlowServices) {
    super(services.log, 'doing what pools are due for');
  }

  protected async round(): Promise<void> {
    await tickPools(this.services);
  }
}

/**
 * Does what schedules of pools were due for last: flows, and the note that it is done, are one transaction. Of several times
 * that were missed the last one counts, as each says what a pool is to have (orion §8).
 *
 * @param now in ms since the epoch
 * @returns how many flows were made
 */
export async function tickPools(services: FlowServices, now = Date.now()): Promise<number> {
  let count = 0;
  for (const id of await listToLookAt(services.db, new Date(now))) {
    try {
      count += await tickOne(services, id, now);
    } catch (error) {
      // Its time is not noted as done: the next round tries again.
      services.log.error({ poolSchedule: id, error }, 'what a pool was due for did not work');
    }
  }
  if (count > 0) await startDue(services);
  return count;
}

async function tickOne(services: FlowServices, id: number, now: number): Promise<number> {
  try {
    return await transact(services.db, (tx) => tickHeld(services, tx, id, now));
  } catch (error) {
    if (!(error instanceof GantryError) || error.kind === 'unavailable') throw error;
    // Nothing of it was written, and it would be refused again.
    await transact(services.db, (tx) => giveUp(tx, id, now, error));
    services.log.warn({ poolSchedule: id, error }, 'what a pool was due for was refused');
    return 0;
  }
}

async function tickHeld(services: FlowServices, tx: DbOrTransaction, id: number, now: number): Promise<number> {
  const found = await settle(tx, id, now);
  if (!found?.due) return 0;
  const { schedule, project, due } = found;
  if (schedule.kind === 'deploy' && now - due.at > DEPLOY_GRACE_MS) return 0;
  const caller = { project, actor: actorOf(schedule), rights: KEPT };
  const flows = await applyItem(services, tx, { schedule, item: due.item, caller });
  services.log.info({ poolSchedule: id, dueAt: new Date(due.at), flows }, 'a pool was due');
  return flows.length;
}

/**
 * Notes that a schedule is done until now; what it was due for last.
 *
 * @returns undefined: somebody else does it, or has done it
 */
async function settle(tx: DbOrTransaction, id: number, now: number, refusal?: string) {
  const schedule = await holdPoolSchedule(tx, id);
  if (!schedule?.look_at || schedule.look_at.getTime() > now) return undefined;
  const project = (await findProject(tx, schedule.project_id))!;
  const { cron } = await itemsOfSchedule(tx, id);
  const zone = zoneOf(project);
  const next = nextDue(cron, zone, now);
  const due = lastDue(cron, zone, now, schedule.due_since.getTime());
  const lookAt = next === undefined ? null : new Date(next);
  await settleUntil(tx, id, { until: new Date(now), lookAt, refusal: refusal ?? (due && '') });
  return { schedule, project, due };
}

async function giveUp(tx: DbOrTransaction, id: number, now: number, { message }: GantryError): Promise<void> {
  const found = await settle(tx, id, now, message);
  if (!found) return;
  const { schedule } = found;
  await insertAudit(tx, {
    ...auditOf(actorOf(schedule)),
    projectId: schedule.project_id,
    action: 'refuse',
    object: `pool schedule ${id}`,
    detail: { reason: message },
  });
}

function actorOf({ editor, app_code: appCode }: PoolScheduleRecord) {
  return { username: editor, appCode, source: 'pool-cron' };
}
