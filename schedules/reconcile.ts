import { Rounds } from '../base/rounds';
import { insertAudit } from '../db/audit';
import { listScheduled, listUnsynced, markUnsynced } from '../db/schedules';
import { transact } from '../db/transaction';
import { holdNamespace } from '../tasks/namespace';
import type { Services } from '../tasks/services';
import { KINDS } from './kinds';
import { type Kind, objectOf, scheduleName } from './kinds/kind';
import { makeUpForLost, type Settled } from './make-up';
import { reportOrEnd } from './report';
import { syncSchedule } from './sync';

/** A full turn over many schedules may take a while: of a kind, so many are compared in a round. */
const PER_PAGE = 20;

/** Rows whose schedule was paused or resumed by somebody else, as of a revision of the row. */
export type Differing = Map<number, number>;

type ReconcileServices = Pick<Services, 'db' | 'pipelines' | 'schedules' | 'log'>;

/** What is remembered of a kind from round to round. */
interface Memory {
  kind: Kind;
  lastId: number;
  differing: Differing;
  settled: Settled;
}

/** Compares rows with their schedules, again and again, and repairs what a crash or a person left apart. */
export class ScheduleReconciler extends Rounds {
  readonly #memories: Memory[];

  constructor(
    private readonly services: ReconcileServices & Pick<Services, 'alarms'>,
    kinds = KINDS,
  ) {
    super(services.log, 'reconciling schedules');
    this.#memories = kinds.map((kind) => ({ kind, lastId: 0, differing: new Map(), settled: new Map() }));
  }

  protected async round(): Promise<void> {
    // What is not there is not gone when the namespace is another one.
    if ((await holdNamespace(this.services)) === undefined) return;
    for (const { kind } of this.#memories) await closeOverdue(this.services, kind);
    for (const { kind } of this.#memories) await syncUnsynced(this.services, kind);
    for (const { kind, settled } of this.#memories) await makeUpForLost(this.services, kind, settled);
    for (const memory of this.#memories) {
      memory.lastId = await compareSchedules(this.services, memory.kind, memory.lastId, memory.differing);
    }
  }
}

/** Brings changes to the Temporal server that did not get there; how many. */
export async function syncUnsynced(services: ReconcileServices, kind: Kind): Promise<number> {
  let synced = 0;
  // All of them: those that the server never takes are not to be the only ones that are tried.
  for (let afterId = 0; ; ) {
    const ids = await listUnsynced(services.db, kind.rows, { afterId, limit: PER_PAGE });
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
  services: ReconcileServices,
  kind: Kind,
  afterId: number,
  differing: Differing,
): Promise<number> {
  const rows = await listScheduled(services.db, kind.rows, { afterId, limit: PER_PAGE });
  for (const row of rows) {
    await reportOrEnd(services, scheduleName(kind, row.id), () => compareSchedule(services, kind, row, differing));
  }
  return rows.length < PER_PAGE ? 0 : rows.at(-1)!.id;
}

async function compareSchedule(
  services: ReconcileServices,
  kind: Kind,
  row: { id: number; revision: number },
  differing: Differing,
): Promise<void> {
  const { db, schedules, log } = services;
  const schedule = await schedules.look(scheduleName(kind, row.id));
  if (!schedule) {
    log.warn({ schedule: scheduleName(kind, row.id) }, 'the schedule is gone: it is made again');
    await markUnsynced(db, kind.rows, row.id);
    await syncSchedule(services, kind, row.id);
  } else if (kind.adoptEnabled) {
    await follow(services, kind, row, !schedule.isPaused, differing);
  }
}

async function follow(
  { db, log }: Pick<Services, 'db' | 'log'>,
  kind: Kind,
  row: { id: number; revision: number },
  enabled: boolean,
  differing: Differing,
): Promise<void> {
  await transact(db, async (tx) => {
    const current = await kind.lock(tx, row.id);
    if (!current || current.enabled === enabled) return void differing.delete(row.id);
    // A busy server may show for a moment what was before our own change: a person's is there the next time too.
    if (differing.get(row.id) !== row.revision) return void differing.set(row.id, row.revision);
    if (!(await kind.adoptEnabled?.(tx, row, enabled))) return;
    differing.delete(row.id);
    await insertAudit(tx, {
      projectId: current.projectId,
      appCode: '',
      username: '',
      source: 'temporal',
      action: enabled ? 'enable' : 'disable',
      object: objectOf(kind, row.id),
    });
    const schedule = scheduleName(kind, row.id);
    log.info({ schedule, enabled }, 'the schedule was changed on the Temporal server: the row follows');
  });
}

/** Says of rows that were missed, as when the server was away, that they will not start; their ids. */
export async function closeOverdue(
  { db, log }: Pick<Services, 'db' | 'log'>,
  kind: Kind,
  now = new Date(),
): Promise<number[]> {
  const ids = (await kind.closeOverdue?.(db, now)) ?? [];
  for (const id of ids) log.warn({ schedule: scheduleName(kind, id) }, `a ${kind.noun} was missed`);
  return ids;
}
