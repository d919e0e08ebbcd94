import { KEPT } from '../../access/rights';
import type { Db, DbOrTransaction } from '../../db/connection';
import { findUnendedLaunch, hasWaitingLaunch, type LaunchKey } from '../../db/launches';
import {
  adoptEnabled,
  countRun,
  type FiringTask,
  letBeUntil,
  listFiringTasks,
  lockPeriodicTask,
  type PeriodicTaskRecord,
} from '../../db/periodic-tasks';
import { findTemplate } from '../../db/templates';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { ScheduleDefinition } from '../../temporal/schedules';
import { treeFor, writtenAt } from '../../trees/kept';
import { prepareTree } from '../../trees/prepare';
import type { LaunchRequest } from '../../workflows/contract';
import { type Cron, parseCron } from '../cron';
import { dueInstants } from '../due';
import { stampedName } from '../launch-name';
import { isStray } from '../preview';
import type { Decision, FiringRow, Kind, Launchable, ScheduledRow } from './kind';

/** A task that has not been made by then will not be: its launch holds up no other. */
const CREATION_MS = 3600_000;

/** Periodic tasks: a cron, whose every firing makes a task of the tree that is kept in the row (bk-sops §9.2). */
export const PERIODIC: Kind = {
  name: 'periodic',
  noun: 'periodic task',
  rows: { table: 'periodic_tasks' },
  lock,
  launchOf,
  adoptEnabled,
  recurring: {
    async listFiring(db) {
      return (await listFiringTasks(db)).map(firingRow);
    },
    letBeUntil,
  },
};

/** The tree that runs of a periodic task are made of. */
export function treeOfPeriodic(
  db: DbOrTransaction,
  { tree, project_id, created_at }: PeriodicTaskRecord,
): Promise<PipelineTree> {
  return treeFor(db, project_id, { tree: tree as PipelineTree, place: project_id, isOld: writtenAt(created_at) });
}

async function lock(tx: DbOrTransaction, id: number): Promise<ScheduledRow | undefined> {
  const task = await lockPeriodicTask(tx, id);
  return (
    task && {
      projectId: task.project_id,
      enabled: task.enabled,
      revision: task.revision,
      syncedRevision: task.synced_revision,
      definition: () => (task.is_deleted ? undefined : definitionOf(task)),
    }
  );
}

function definitionOf(task: PeriodicTaskRecord): ScheduleDefinition {
  return {
    when: { calendar: parseCron(task.cron as Cron), timeZone: task.time_zone },
    isPaused: !task.enabled,
    catchupSeconds: task.catchup_seconds,
    projectId: task.project_id,
    name: task.name,
  };
}

function firingRow({ id, catchup_seconds, due_since, cron, time_zone }: FiringTask): FiringRow {
  return {
    id,
    catchupSeconds: catchup_seconds,
    dueSince: due_since,
    dueBetween: (after, until) => dueInstants(parseCron(cron as Cron), time_zone, after, until),
  };
}

async function launchOf(
  db: Db,
  id: number,
  { nominalAt: time, firedAt, by, isMadeUp }: LaunchRequest,
): Promise<Launchable | undefined> {
  const task = await lockPeriodicTask(db, id);
  if (!task) return undefined;
  const nominalAt = new Date(time);
  return {
    nominalAt,
    projectId: task.project_id,
    username: by ?? task.editor,
    isLate: () => Date.now() > Date.parse(firedAt) + task.catchup_seconds * 1000,
    async decide(tx, key) {
      const current = await lockPeriodicTask(tx, id);
      if (!current || current.is_deleted) return { state: 'skipped', reason: 'the periodic task was deleted' };
      if (isMadeUp && current.due_since >= nominalAt) {
        return { state: 'skipped', reason: 'the periodic task was changed or paused after this time' };
      }
      if (by === undefined && isStray(parseCron(current.cron as Cron), current.time_zone, nominalAt)) {
        return { state: 'skipped', reason: 'no time of the schedule: fired because the clocks are changed' };
      }
      if (!current.enabled && by === undefined) return { state: 'skipped', reason: 'the periodic task is disabled' };
      return decideOverlap(tx, current, key);
    },
    async newTask() {
      const isCommon = task.template_source === 'common';
      const template = await findTemplate(db, isCommon ? null : task.project_id, task.template_id);
      return {
        name: stampedName(task.name, nominalAt, task.time_zone),
        prepared: prepareTree(await treeOfPeriodic(db, task), { place: task.project_id, rights: KEPT }),
        category: template?.category ?? 'Default',
        template: {
          id: task.template_id,
          version: task.template_version,
          source: isCommon ? 'common' : 'project',
        },
      };
    },
    launched: (tx) => countRun(tx, id, new Date()),
    failed: async () => {},
  };
}

/** Whether to run beside, instead of or after a task that has not ended. */
async function decideOverlap(tx: DbOrTransaction, { overlap }: PeriodicTaskRecord, key: LaunchKey): Promise<Decision> {
  if (overlap === 'allow_all') return { state: 'creating' };
  const unended = await findUnendedLaunch(tx, key, { madeAfter: new Date(Date.now() - CREATION_MS) });
  if (!unended) return { state: 'creating' };
  const before = unended.taskId === null ? 'the run before' : `task ${unended.taskId}`;
  if (overlap === 'buffer_one' && !(await hasWaitingLaunch(tx, key))) {
    return { state: 'waiting', reason: `waits for ${before} to end` };
  }
  return { state: 'skipped', reason: `${before} has not ended` };
}
