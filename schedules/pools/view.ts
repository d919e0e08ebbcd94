import { zoneOf } from '../../access/projects';
import { groupedBy } from '../../base/grouped';
import type { ProjectRecord } from '../../db/access';
import type { Db } from '../../db/connection';
import {
  type CronItemRecord,
  itemsOfSchedule,
  listClockedFlows,
  listPoolSchedules,
  type PoolScheduleItems,
  type PoolScheduleRecord,
} from '../../db/pool-schedules';
import { type FlowView, viewsOf } from '../../rollouts/view/flows';
import { notThere } from '../../tasks/require-task';
import { type Due, nextDueItems } from './calendar';

/** Of one schedule. */
const MAX_SHOWN = 10;

/** What is saved of a pool, and what has come of it. */
export interface PoolScheduleView {
  schedule: PoolScheduleRecord & { pool: string };
  /** What the clock has made of it, the newest first. */
  flows: FlowView[];
}

/** With when it is due, and for what. */
export interface PoolScheduleDetail extends PoolScheduleView {
  items: PoolScheduleItems;
  next: Due<CronItemRecord>[];
}

/** Schedules of a project after an id, each with the last flow that was made for it, in as many statements however many they are. */
export async function viewPoolSchedulesAfter(
  db: Db,
  projectId: number,
  filter: { poolId?: number | undefined; after: number; limit: number },
): Promise<PoolScheduleView[]> {
  return withFlows(db, await listPoolSchedules(db, projectId, filter), 1);
}

/** @throws GantryError `not_found` for one that is not of the project */
export async function viewPoolSchedule(db: Db, project: ProjectRecord, id: number): Promise<PoolScheduleDetail> {
  const [view] = await withFlows(db, await listPoolSchedules(db, project.id, { id }), MAX_SHOWN);
  if (!view) throw notThere('saved task', id);
  const items = await itemsOfSchedule(db, id);
  const cron = view.schedule.exec_type === 'crontab' ? items.cron : [];
  return { ...view, items, next: nextDueItems(cron, zoneOf(project), Date.now(), MAX_SHOWN) };
}

async function withFlows(db: Db, schedules: PoolScheduleView['schedule'][], most: number): Promise<PoolScheduleView[]> {
  const rows = await listClockedFlows(
    db,
    schedules.map(({ id }) => id),
    most,
  );
  const views = await viewsOf(db, rows);
  const flows = groupedBy(
    rows.map(({ schedule_id }, at) => ({ schedule_id, view: views[at]! })),
    ({ schedule_id }) => schedule_id,
  );
  return schedules.map((schedule) => ({ schedule, flows: (flows.get(schedule.id) ?? []).map(({ view }) => view) }));
}
