import { Rounds } from '../base/rounds';
import { insertAudit } from '../db/audit';
import { failOverdueClockedTasks } from '../db/clocked-tasks';
import { adoptEnabled, lockPeriodicTask } from '../db/periodic-tasks';
import { listScheduled, listUnsynced, markUnsynced } from '../db/schedules';
import { transact } from '../db/transaction';
import { holdNamespace } from '../tasks/namespace';
import type { Services } from '../tasks/services';
import { makeUpForLost, type Settled } from './make-up';
import { reportOrEnd } from './report';
import { type ScheduleKind, scheduleName, syncSchedule, TABLES } from './sync';

const KINDS = ['periodic', 'clocked'] as const;
/** A full turn over many schedules may take a while: of a kind, so many are compared in a round. */
const PER_PAGE = 20;
/** A launch that was made in time has written what came of it by then. */
const OVERDUE_GRACE_SECONDS = 60;

/** Periodic tasks whose schedule was paused or resumed by somebody else, as of a revision of the row. */
export type Differing = Map<number, number>;

/** Compares rows with their schedules, again and again, and repairs what a crash or a person left apart. */
export class ScheduleReconciler extends Rounds {
  #lastIds: Record<ScheduleKind, number> = { periodic: 0, clocked: 0 };
  /** Kept from round to round. */
  readonly #differing: Differing = new Map();
  readonly #settled: Settled = new Map();

  constructor(private readonly services: Services) {
    super(services.log, 'reconciling schedules');
  }

  protected async round(): Promise<void> {
    // What is not there is not gone when the namespace is another one.
    if ((await holdNamespace(this.services)) === undefined) return;
    await closeOverdueClockedTasks(this.services);
    for (const kind of KINDS) await syncUnsynced(this.services, kind);
    await makeUpForLost(this.services, this.#settled);
    for (const kind of KINDS) {
      this.#lastIds[kind] = await compareSchedules(this.services, kind, this.#lastIds[kind], this.#differing);
    }
  }
}

/** Brings changes to the Temporal server that did not get there; how many. */
export async function syncUnsynced(services: Services, kind: ScheduleKind): Promise<number> {
  let synced = 0;
  // All of them: those that the server never takes are not to be the only ones that are tried.
  for (let afterId = 0; ; ) {
    const ids = await listUnsynced(services.db, TABLES[kind], { afterId, limit: PER_PAGE });
    for (const id of ids) {
      if (await reportOrEnd(services, scheduleName(kind, id), () => syncSchedule(services, kind, id))) synced += 1;
    }
    if (ids.length < PER_PAGE) return synced;
    afterId = ids.at(-1)!;
  }
}

/**
 * Makes schedules again that are gone, and follows those that were paused or resumed on the Temporal server: whoever
 * pauses one there is not overruled.
 *
 * @returns where the next round goes on
 */
export async function compareSchedules(
  services: Services,
  kind: ScheduleKind,
  afterId: number,
  differing: Differing,
): Promise<number> {
  const rows = await listScheduled(services.db, TABLES[kind], { afterId, limit: PER_PAGE });
  for (const row of rows) {
    await reportOrEnd(services, scheduleName(kind, row.id), () => compareSchedule(services, kind, row, differing));
  }
  return rows.length < PER_PAGE ? 0 : rows.at(-1)!.id;
}

async function compareSchedule(
  services: Services,
  kind: ScheduleKind,
  row: { id: number; revision: number },
  differing: Differing,
): Promise<void> {
  const { db, schedules, log } = services;
  const schedule = await schedules.look(scheduleName(kind, row.id));
  if (!schedule) {
    log.warn({ schedule: scheduleName(kind, row.id) }, 'the schedule is gone: it is made again');
    await markUnsynced(db, TABLES[kind], row.id);
    await syncSchedule(services, kind, row.id);
  } else if (kind === 'periodic') {
    await follow(services, row, !schedule.isPaused, differing);
  }
}

async function follow(
  { db, log }: Services,
  row: { id: number; revision: number },
  enabled: boolean,
  differing: Differing,
): Promise<void> {
  await transact(db, async (tx) => {
    const task = await lockPeriodicTask(tx, row.id);
    if (!task || task.enabled === enabled) return void differing.delete(row.id);
    // A busy server may show for a moment what was before our own change: a person's is there the next time too.
    if (differing.get(row.id) !== row.revision) return void differing.set(row.id, row.revision);
    if (!(await adoptEnabled(tx, row, enabled))) return;
    differing.delete(row.id);
    await insertAudit(tx, {
      projectId: task.project_id,
      appCode: '',
      username: '',
      source: 'temporal',
      action: enabled ? 'enable' : 'disable',
      object: `periodic task ${task.id}`,
    });
    log.info({ periodicTaskId: task.id, enabled }, 'the schedule was changed on the Temporal server: the row follows');
  });
}

/** Says of clocked tasks that were missed, as when the server was away, that they will not start; their ids. */
export async function closeOverdueClockedTasks({ db, log }: Services, now = new Date()): Promise<number[]> {
  const reason = 'missed: the time had passed by more than may be made up for';
  const ids = await failOverdueClockedTasks(db, { now, graceSeconds: OVERDUE_GRACE_SECONDS, reason });
  for (const id of ids) log.warn({ clockedTaskId: id }, 'a clocked task was missed');
  return ids;
}
