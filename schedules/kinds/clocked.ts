import { zoneOf } from '../../access/projects';
import { KEPT, type Rights } from '../../access/rights';
import { findProject } from '../../db/access';
import {
  type ClockedTaskRecord,
  failOverdueClockedTasks,
  lockClockedTask,
  updateClockedTask,
} from '../../db/clocked-tasks';
import type { Db, DbOrTransaction } from '../../db/connection';
import type { Json } from '../../pipeline/json';
import { type Instance, instantiate } from '../../templates/instantiate';
import type { ScheduleDefinition } from '../../temporal/schedules';
import { treeFor, writtenAt } from '../../trees/kept';
import { prepareTree } from '../../trees/prepare';
import { stampedName } from '../launch-name';
import type { Kind, Launchable, ScheduledRow } from './kind';

/** A launch that was made in time has written what came of it by then. */
const OVERDUE_GRACE_SECONDS = 60;

/** Clocked tasks: a time, at which a task is made of a template as it is then (bk-sops §9.3). */
export const CLOCKED: Kind = {
  name: 'clocked',
  noun: 'clocked task',
  rows: { table: 'clocked_tasks', openState: 'not_started' },
  lock,
  launchOf,
  closeOverdue(db, now) {
    const reason = 'missed: the time had passed by more than may be made up for';
    return failOverdueClockedTasks(db, { now, graceSeconds: OVERDUE_GRACE_SECONDS, reason });
  },
};

/** What the task is to be like, as clients write it and get it back (bk-sops §7.6). */
export interface TaskParameters {
  constants?: Record<string, Json>;
  template_schemes_id?: (string | number)[];
  exclude_task_nodes_id?: string[];
  appoint_task_nodes_id?: string[];
  simplify_vars?: string[];
  description?: string;
}

/** The tree of a clocked task, of its template as it is now. */
export function instantiateClocked(
  db: Db,
  {
    project_id: projectId,
    template_id: templateId,
    parameters,
    rights,
  }: { project_id: number; template_id: number; parameters: TaskParameters; rights: Rights },
): Promise<Instance> {
  const { constants, template_schemes_id, exclude_task_nodes_id, appoint_task_nodes_id, simplify_vars } = parameters;
  return instantiate(db, {
    projectId,
    templateId,
    source: 'project',
    rights,
    ...(constants ? { constants } : {}),
    ...(template_schemes_id?.length ? { schemeIds: template_schemes_id } : {}),
    ...(exclude_task_nodes_id?.length ? { excludeNodeIds: exclude_task_nodes_id } : {}),
    ...(appoint_task_nodes_id?.length ? { executeNodeIds: appoint_task_nodes_id } : {}),
    ...(simplify_vars ? { simplifyVars: simplify_vars } : {}),
  });
}

async function lock(tx: DbOrTransaction, id: number): Promise<ScheduledRow | undefined> {
  const task = await lockClockedTask(tx, id);
  return (
    task && {
      projectId: task.project_id,
      enabled: true,
      revision: task.revision,
      syncedRevision: task.synced_revision,
      definition: () => (!task.is_deleted && task.state === 'not_started' ? definitionOf(task) : undefined),
    }
  );
}

function definitionOf(task: ClockedTaskRecord): ScheduleDefinition {
  const lateMs = Date.now() - task.plan_start_time.getTime();
  return {
    when: { at: task.plan_start_time, isDue: lateMs >= 0 && lateMs <= task.catchup_seconds * 1000 },
    isPaused: false,
    catchupSeconds: task.catchup_seconds,
    projectId: task.project_id,
    name: task.task_name,
  };
}

/** Whenever it fires, it is the launch for its one time. */
async function launchOf(db: Db, id: number): Promise<Launchable | undefined> {
  const task = await lockClockedTask(db, id);
  if (!task) return undefined;
  const parameters = task.task_parameters as TaskParameters;
  return {
    nominalAt: task.plan_start_time,
    projectId: task.project_id,
    username: task.creator,
    isLate: () => Date.now() > task.plan_start_time.getTime() + task.catchup_seconds * 1000,
    async decide(tx) {
      const current = await lockClockedTask(tx, id);
      if (!current || current.is_deleted) return { state: 'skipped', reason: 'the clocked task was deleted' };
      if (current.state !== 'not_started') return { state: 'skipped', reason: current.ex_data || 'it has started' };
      return { state: 'creating' };
    },
    async newTask() {
      const kept = { tree: parameters, place: task.project_id, isOld: writtenAt(task.created_at) };
      const { template, tree } = await instantiateClocked(db, {
        ...task,
        parameters: await treeFor(db, task.project_id, kept),
        rights: KEPT,
      });
      const project = (await findProject(db, task.project_id))!;
      return {
        name: stampedName(task.task_name, task.plan_start_time, zoneOf(project)),
        prepared: prepareTree(tree, { place: task.project_id, rights: KEPT }),
        category: template.category,
        description: parameters.description ?? '',
        template: { id: template.id, version: template.version, source: 'project' },
      };
    },
    launched: (tx, taskId) => updateClockedTask(tx, id, { state: 'started', task_id: taskId, ex_data: '' }),
    failed: (tx, reason) => updateClockedTask(tx, id, { state: 'start_failed', ex_data: reason }),
  };
}
