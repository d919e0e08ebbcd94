import { KEPT } from '../access/rights';
import { findProject } from '../db/access';
import { lockClockedTask, updateClockedTask } from '../db/clocked-tasks';
import type { Services } from '../tasks/services';
import { treeFor, writtenAt } from '../trees/kept';
import { prepareTree } from '../trees/prepare';
import type { LaunchRequest } from '../workflows/contract';
import { instantiateClocked, type TaskParameters } from './clocked';
import { launchActor, stampedName } from './launch-name';
import type { Launchable } from './launchable';
import { zoneOf } from './periodic';
import { scheduleName } from './sync';

/** The launch of a clocked task, whenever it fires; undefined when there is no such row. */
export async function clockedLaunch(
  services: Services,
  id: number,
  _request: LaunchRequest,
): Promise<Launchable | undefined> {
  const task = await lockClockedTask(services.db, id);
  if (!task) return undefined;
  const parameters = task.task_parameters as TaskParameters;
  return {
    key: { schedule: scheduleName('clocked', id), nominalAt: task.plan_start_time },
    projectId: task.project_id,
    actor: launchActor('clocked', task.creator),
    isLate: () => Date.now() > task.plan_start_time.getTime() + task.catchup_seconds * 1000,
    async decide(tx) {
      const current = await lockClockedTask(tx, id);
      if (!current || current.is_deleted) return { state: 'skipped', reason: 'the clocked task was deleted' };
      if (current.state !== 'not_started') return { state: 'skipped', reason: current.ex_data || 'it has started' };
      return { state: 'creating' };
    },
    async newTask(all) {
      const kept = { tree: parameters, place: task.project_id, isOld: writtenAt(task.created_at) };
      const { template, tree } = await instantiateClocked(all, {
        ...task,
        parameters: await treeFor(all.db, task.project_id, kept),
        rights: KEPT,
      });
      const project = (await findProject(all.db, task.project_id))!;
      return {
        name: stampedName(task.task_name, task.plan_start_time, zoneOf(project)),
        prepared: prepareTree(tree, { place: task.project_id, rights: KEPT }),
        category: template.category,
        description: parameters.description ?? '',
        createMethod: 'clocked',
        createInfo: String(id),
        template: { id: template.id, version: template.version, source: 'project' },
      };
    },
    launched: (tx, taskId) => updateClockedTask(tx, id, { state: 'started', task_id: taskId, ex_data: '' }),
    failed: (tx, reason) => updateClockedTask(tx, id, { state: 'start_failed', ex_data: reason }),
  };
}
