import { KEPT } from '../access/rights';
import type { DbOrTransaction } from '../db/connection';
import { findUnendedLaunch, hasWaitingLaunch } from '../db/launches';
import { countRun, lockPeriodicTask, type PeriodicTaskRecord } from '../db/periodic-tasks';
import { findTemplate } from '../db/templates';
import type { Services } from '../tasks/services';
import { prepareTree } from '../trees/prepare';
import type { LaunchRequest } from '../workflows/contract';
import { type Cron, parseCron } from './cron';
import { launchActor, stampedName } from './launch-name';
import type { Decision, Launchable } from './launchable';
import { treeOfPeriodic } from './periodic';
import { isStray } from './preview';
import { scheduleName } from './sync';

/** A task that has not been made by then will not be: its launch holds up no other. */
const CREATION_MS = 3600_000;

/** The launch of a periodic task for one time; undefined when there is no such row. */
export async function periodicLaunch(
  services: Services,
  id: number,
  { nominalAt, firedAt, by, isMadeUp }: LaunchRequest,
): Promise<Launchable | undefined> {
  const task = await lockPeriodicTask(services.db, id);
  if (!task) return undefined;
  const key = { schedule: scheduleName('periodic', id), nominalAt: new Date(nominalAt) };
  return {
    key,
    projectId: task.project_id,
    actor: launchActor('periodic', by ?? task.editor),
    isLate: () => Date.now() > Date.parse(firedAt) + task.catchup_seconds * 1000,
    async decide(tx) {
      const current = await lockPeriodicTask(tx, id);
      if (!current || current.is_deleted) return { state: 'skipped', reason: 'the periodic task was deleted' };
      if (isMadeUp && current.due_since >= key.nominalAt) {
        return { state: 'skipped', reason: 'the periodic task was changed or paused after this time' };
      }
      if (by === undefined && isStray(parseCron(current.cron as Cron), current.time_zone, key.nominalAt)) {
        return { state: 'skipped', reason: 'no time of the schedule: fired because the clocks are changed' };
      }
      if (!current.enabled && by === undefined) return { state: 'skipped', reason: 'the periodic task is disabled' };
      return decideOverlap(tx, current, key);
    },
    async newTask({ db }) {
      const isCommon = task.template_source === 'common';
      const template = await findTemplate(db, isCommon ? null : task.project_id, task.template_id);
      return {
        name: stampedName(task.name, key.nominalAt, task.time_zone),
        prepared: prepareTree(await treeOfPeriodic(db, task), { place: task.project_id, rights: KEPT }),
        category: template?.category ?? 'Default',
        createMethod: 'periodic',
        createInfo: String(id),
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
async function decideOverlap(
  tx: DbOrTransaction,
  { overlap }: PeriodicTaskRecord,
  key: Launchable['key'],
): Promise<Decision> {
  if (overlap === 'allow_all') return { state: 'creating' };
  const unended = await findUnendedLaunch(tx, key, { madeAfter: new Date(Date.now() - CREATION_MS) });
  if (!unended) return { state: 'creating' };
  const before = unended.taskId === null ? 'the run before' : `task ${unended.taskId}`;
  if (overlap === 'buffer_one' && !(await hasWaitingLaunch(tx, key))) {
    return { state: 'waiting', reason: `waits for ${before} to end` };
  }
  return { state: 'skipped', reason: `${before} has not ended` };
}
