import { KEPT } from '../access/rights';
import type { Actor } from '../base/actor';
import type { ProjectRecord } from '../db/access';
import type { Db } from '../db/connection';
import { findProgram, findTree, type TaskRecord } from '../db/tasks';
import type { Program } from '../pipeline/program';
import type { PipelineTree } from '../pipeline/tree/types';
import { ofTask, treeFor } from '../trees/kept';
import { prepareTree } from '../trees/prepare';
import { createTask } from './create';
import { refuseRollout } from './refuse-rollout';

/**
 * Creates a task of the same tree with new ids. It has the task's settings, but neither sends notices nor says what made it: nobody but
 * the caller waits for it.
 */
export async function cloneTask(
  db: Db,
  task: TaskRecord,
  { project, actor, name = task.name }: { project: ProjectRecord; actor: Actor; name?: string | undefined },
): Promise<{ id: number; tree: PipelineTree }> {
  refuseRollout(task, 'it cannot be cloned');
  const [tree, program] = await Promise.all([
    findTree<PipelineTree>(db, task.id),
    findProgram<Pick<Program, 'rerunLimit'>>(db, task.id),
  ]);
  const kept = await treeFor(db, project.id, { tree, place: task.project_id, isOld: ofTask(task.id) });
  return createTask(db, {
    project,
    name,
    prepared: prepareTree(kept, { place: project.id, rights: KEPT, rerunLimit: program.rerunLimit }),
    mustBeClaimed: task.flow_type === 'common_func',
    category: task.category,
    description: task.description,
    createMethod: actor.source,
    actor,
    executorProxy: task.executor_proxy,
    auditAction: 'task_clone',
    ...(task.template_id === null
      ? {}
      : {
          template: {
            id: Number(task.template_id),
            version: task.template_version ?? 1,
            source: task.template_source === 'common' ? 'common' : 'project',
          },
        }),
  });
}
