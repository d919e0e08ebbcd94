import { zoneOf } from '../access/projects';
import { KEPT, type Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { requireUnsealed } from '../base/unsealed';
import type { ProjectRecord } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import type { Db, DbOrTransaction } from '../db/connection';
import { toJsonText } from '../db/json';
import { type LaunchRecord, listLaunches } from '../db/launches';
import {
  insertPeriodicTask,
  lockPeriodicTask,
  type PeriodicTaskRecord,
  updatePeriodicTask,
} from '../db/periodic-tasks';
import { transact } from '../db/transaction';
import type { Json } from '../pipeline/json';
import type { Constant } from '../pipeline/tree/types';
import type { Services } from '../tasks/services';
import { instantiate } from '../templates/instantiate';
import { prepareTree } from '../trees/prepare';
import { sealValues } from '../trees/seal';
import type { LaunchResult } from '../workflows/contract';
import { type Cron, parseCron } from './cron';
import { objectOf, scheduleName } from './kinds/kind';
import { PERIODIC, treeOfPeriodic } from './kinds/periodic';
import { type ChangeServices, syncOrLeave } from './sync';

/** Of a project (bk-sops §9.2). */
const MAX_PERIODIC_TASKS = 50;

/** What happens at a firing while the task of the one before has not ended. */
export const OVERLAPS = ['allow_all', 'skip', 'buffer_one'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export interface NewPeriodicTask {
  project: ProjectRecord;
  templateId: number;
  source: 'project' | 'common';
  name: string;
  cron: Cron;
  constants: Record<string, Json>;
  excludeNodeIds: readonly string[];
  overlap: Overlap;
  catchupSeconds: number;
  actor: Actor;
  rights: Rights;
}

/**
 * Makes a periodic task, disabled, of a template as it is now (bk-sops §9.2).
 *
 * @throws GantryError as `parseCron`, `instantiate` and `prepareTree` do; `wrong_state` at the limit of the project
 */
export async function createPeriodicTask(services: ChangeServices, task: NewPeriodicTask): Promise<number> {
  const { project, actor, rights } = task;
  parseCron(task.cron);
  requireUnsealed(task.name, 'name');
  const { template, tree } = await instantiate(services.db, {
    projectId: project.id,
    templateId: task.templateId,
    source: task.source,
    constants: task.constants,
    excludeNodeIds: task.excludeNodeIds,
    rights,
  });
  const row = {
    project_id: project.id,
    template_id: template.id,
    template_source: task.source,
    template_version: template.version,
    name: task.name,
    cron: toJsonText(task.cron),
    time_zone: zoneOf(project),
    overlap: task.overlap,
    catchup_seconds: task.catchupSeconds,
    tree: toJsonText(prepareTree(tree, { place: project.id, rights: KEPT }).tree),
    creator: actor.username,
    editor: actor.username,
  };
  const id = await transact(services.db, async (tx) => {
    const id = await insertPeriodicTask(tx, row, MAX_PERIODIC_TASKS);
    if (id === undefined) {
      throw new GantryError('wrong_state', `Periodic task number reaches limit: ${MAX_PERIODIC_TASKS}`);
    }
    await audit(tx, { id, project_id: project.id }, actor, 'create');
    return id;
  });
  await syncOrLeave(services, PERIODIC, id);
  return id;
}

/** Lets a periodic task run, or not any more; what has been launched goes on. */
export function setPeriodicTaskEnabled(
  services: ChangeServices,
  task: PeriodicTaskRecord,
  enabled: boolean,
  actor: Actor,
): Promise<void> {
  return change(services, task, actor, enabled ? 'enable' : 'disable', (tx) =>
    updatePeriodicTask(tx, task.id, { enabled }),
  );
}

/** Gives a periodic task other times, on the clock that its project has now. */
export async function modifyCron(
  services: ChangeServices,
  task: PeriodicTaskRecord,
  { cron, project, actor }: { cron: Cron; project: ProjectRecord; actor: Actor },
): Promise<void> {
  parseCron(cron);
  await change(services, task, actor, 'update', (tx) =>
    updatePeriodicTask(tx, task.id, { cron: toJsonText(cron), time_zone: zoneOf(project), ...editedBy(actor) }),
  );
}

/**
 * Sets values of constants in the tree that the next runs are made of; keys that it does not have are ignored
 * (bk-sops §9.2).
 *
 * @returns all the constants
 * @throws GantryError `invalid` when the tree could not run with them
 */
export async function modifyConstants(
  services: ChangeServices,
  task: PeriodicTaskRecord,
  values: Record<string, Json>,
  { actor, rights }: { actor: Actor; rights: Rights },
): Promise<Record<string, Constant>> {
  let constants: Record<string, Constant> = {};
  await change(services, task, actor, 'update', async (tx) => {
    // Read again: another change of constants may have come since.
    const kept = (await lockPeriodicTask(tx, task.id))!;
    const tree = await treeOfPeriodic(tx, kept);
    const sealed = sealValues(tree, values, { place: task.project_id, rights });
    constants = Object.fromEntries(
      Object.entries(tree.constants).map(([key, constant]) => [
        key,
        Object.hasOwn(sealed, key) ? { ...constant, value: sealed[key]! } : constant,
      ]),
    );
    const changed = { ...tree, constants };
    prepareTree(changed, { place: task.project_id, rights: KEPT });
    await updatePeriodicTask(tx, task.id, { tree: toJsonText(changed), ...editedBy(actor) });
  });
  return constants;
}

export function deletePeriodicTask(services: ChangeServices, task: PeriodicTaskRecord, actor: Actor): Promise<void> {
  return change(services, task, actor, 'delete', (tx) =>
    updatePeriodicTask(tx, task.id, { is_deleted: true, enabled: false }),
  );
}

/**
 * Launches a periodic task now, also a disabled one, in the name of who asks; its overlap policy holds.
 *
 * @returns what came of it, or undefined when no worker has answered: it is launched when one does, unless that is later
 *   than `catchup_seconds`
 */
export async function runPeriodicTaskNow(
  services: Pick<Services, 'db' | 'schedules'>,
  task: PeriodicTaskRecord,
  actor: Actor,
): Promise<LaunchResult | undefined> {
  await audit(services.db, task, actor, 'run');
  return services.schedules.launchNow({
    schedule: scheduleName(PERIODIC, task.id),
    nominalAt: new Date().toISOString(),
    by: actor.username,
  });
}

/** A page of what came of the firings of a periodic task, newest first, and how many there are. */
export function listPeriodicLaunches(
  db: Db,
  task: Pick<PeriodicTaskRecord, 'id'>,
  page: { limit: number; offset: number },
): Promise<{ launches: LaunchRecord[]; count: number }> {
  return listLaunches(db, scheduleName(PERIODIC, task.id), page);
}

async function change(
  services: ChangeServices,
  task: PeriodicTaskRecord,
  actor: Actor,
  action: string,
  write: (tx: DbOrTransaction) => Promise<void>,
): Promise<void> {
  await transact(services.db, async (tx) => {
    await write(tx);
    await audit(tx, task, actor, action);
  });
  await syncOrLeave(services, PERIODIC, task.id);
}

function editedBy(actor: Actor): { editor: string; edited_at: Date } {
  return { editor: actor.username, edited_at: new Date() };
}

async function audit(
  db: DbOrTransaction,
  task: Pick<PeriodicTaskRecord, 'id' | 'project_id'>,
  actor: Actor,
  action: string,
): Promise<void> {
  await insertAudit(db, {
    ...auditOf(actor),
    projectId: task.project_id,
    action,
    object: objectOf(PERIODIC, task.id),
  });
}
