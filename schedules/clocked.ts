import { KEPT, type Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { requireUnsealed } from '../base/unsealed';
import type { ProjectRecord } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import { type ClockedTaskRecord, insertClockedTask, updateClockedTask } from '../db/clocked-tasks';
import { toJsonText } from '../db/json';
import { transact } from '../db/transaction';
import type { PipelineTree } from '../pipeline/tree/types';
import { prepareTree } from '../trees/prepare';
import { sealValues } from '../trees/seal';
import { CLOCKED, instantiateClocked, type TaskParameters } from './kinds/clocked';
import { objectOf } from './kinds/kind';
import { invalidParams } from './plan-start-time';
import { type ChangeServices, syncOrLeave } from './sync';

export interface NewClockedTask {
  project: ProjectRecord;
  templateId: number;
  taskName: string;
  parameters: TaskParameters;
  planStartTime: Date;
  catchupSeconds: number;
  actor: Actor;
  rights: Rights;
}

/**
 * Makes a task that is created and started at a time, of the template as it will be then (bk-sops §9.3).
 *
 * @throws GantryError `validation` for a time that has passed or several choices of nodes; as `instantiate` and
 *   `prepareTree` do when the template could not run now
 */
export async function createClockedTask(services: ChangeServices, task: NewClockedTask): Promise<number> {
  const { project, parameters, actor, rights } = task;
  requireUnsealed({ task_name: task.taskName, task_parameters: parameters }, '');
  if (task.planStartTime.getTime() <= Date.now()) {
    throw invalidParams('plan_start_time', 'Plan start time should be later than the time to create the plan');
  }
  const { template_schemes_id, exclude_task_nodes_id, appoint_task_nodes_id } = parameters;
  const chosen = [template_schemes_id, exclude_task_nodes_id, appoint_task_nodes_id].filter((ids) => ids?.length);
  if (chosen.length > 1) {
    throw invalidParams('task_parameters', 'can not use multiple method to appoint execute nodes');
  }
  const { template, tree, notReferred } = await instantiateClocked(services.db, {
    project_id: project.id,
    template_id: task.templateId,
    parameters,
    rights,
  });
  prepareTree(tree, { place: project.id, rights: KEPT });
  const row = {
    project_id: project.id,
    template_id: template.id,
    template_name: template.name,
    task_name: task.taskName,
    task_parameters: toJsonText(
      sealedParameters({ ...tree, constants: { ...notReferred, ...tree.constants } }, parameters, {
        place: project.id,
        rights,
      }),
    ),
    plan_start_time: task.planStartTime,
    catchup_seconds: task.catchupSeconds,
    creator: actor.username,
    editor: actor.username,
  };
  const id = await transact(services.db, async (tx) => {
    const id = await insertClockedTask(tx, row);
    const object = objectOf(CLOCKED, id);
    await insertAudit(tx, { ...auditOf(actor), projectId: project.id, action: 'create', object });
    return id;
  });
  await syncOrLeave(services, CLOCKED, id);
  return id;
}

function sealedParameters(
  tree: PipelineTree,
  { constants: values, ...parameters }: TaskParameters,
  sealing: Parameters<typeof sealValues>[2],
): TaskParameters {
  return values ? { ...parameters, constants: sealValues(tree, values, sealing) } : parameters;
}

/** Deletes a clocked task: one that has not started does not start any more. */
export async function deleteClockedTask(
  services: ChangeServices,
  task: ClockedTaskRecord,
  actor: Actor,
): Promise<void> {
  await transact(services.db, async (tx) => {
    await updateClockedTask(tx, task.id, { is_deleted: true });
    const object = objectOf(CLOCKED, task.id);
    await insertAudit(tx, { ...auditOf(actor), projectId: task.project_id, action: 'delete', object });
  });
  await syncOrLeave(services, CLOCKED, task.id);
}
