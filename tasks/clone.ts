import type { ProjectRecord } from '../db/access';
import { findProgram, findTree, type TaskRecord } from '../db/tasks';
import type { Program } from '../pipeline/program';
import type { PipelineTree } from '../pipeline/tree/types';
import type { Actor } from './actor';
import { createTask } from './create';
import { ofTask, treeFor } from './kept-tree';
import { KEPT } from './rights';
import type { Services } from './services';

/**
 * Creates a task of the same tree with new ids. It has the task's settings, but neither its callback nor what made it:
 * nobody but the caller waits for it.
 */
export async function cloneTask(
  services: Services,
  task: TaskRecord,
  { project, actor, name = task.name }: { project: ProjectRecord; actor: Actor; name?: string | undefined },
): Promise<{ id: number; tree: PipelineTree }> {
  const { db } = services;
  const [tree, program] = await Promise.all([
    findTree<PipelineTree>(db, task.id),
    findProgram<Pick<Program, 'rerunLimit'>>(db, task.id),
  ]);
  return createTask(services, {
    project,
    name,
    tree: await treeFor(db, project.id, { tree, place: task.project_id, isOld: ofTask(task.id) }),
    rights: KEPT,
    flowType: task.flow_type === 'common_func' ? 'common_func' : 'common',
    category: task.category,
    description: task.description,
    createMethod: actor.source,
    actor,
    rerunLimit: program.rerunLimit,
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
