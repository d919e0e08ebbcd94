import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import type { ProjectRecord } from '../db/access';
import type { KeyedRequest } from '../db/idempotency';
import { toJsonText } from '../db/json';
import { findProgram, findTree, type TaskRecord } from '../db/tasks';
import type { Program } from '../pipeline/program';
import type { PipelineTree } from '../pipeline/tree/types';
import { ofTask, treeFor } from '../trees/kept';
import { createTaskOnce } from './once';
import { refuseRollout } from './refuse-rollout';
import type { StartServices } from './start';
import { startUnlessStarted } from './start-unless-started';
import { type Again, takenOver } from './taken-over';
import { wrongState } from './wrong-state';

/** A task that is done again, and by whom. */
export interface AgainRequest {
  task: TaskRecord;
  project: ProjectRecord;
  actor: Actor;
  how: Again;
  name?: string | undefined;
  isStarted: boolean;
  request?: KeyedRequest | undefined;
}

/**
 * Makes a task that goes on where another one has ended: of the same tree and constants, with the recorded ends of the nodes that
 * have finished there.
 *
 * @returns its id
 * @throws GantryError `wrong_state` for a task that has not ended; as `takenOver`, `createTaskOnce`, `startTask`
 */
export async function goOnWith(services: StartServices, again: AgainRequest): Promise<number> {
  const { task, project, actor, how, name = task.name, request } = again;
  const { db } = services;
  refuseRollout(task, 'it cannot be done again as another task');
  const { id } = await createTaskOnce(db, request, async () => {
    if (task.phase !== 'ended') {
      throw new GantryError('wrong_state', `task ${task.id} is ${task.shown}: it has to end before it is done again`, {
        reason: wrongState(task.id, task.shown),
      });
    }
    const [tree, program] = await Promise.all([findTree<PipelineTree>(db, task.id), findProgram<Program>(db, task.id)]);
    // Whatever forbids it is said before there is a task.
    await takenOver(db, { id: task.id, isFinished: task.status === 'FINISHED' }, program, how);
    const kept = { place: task.project_id, isOld: ofTask(task.id) };
    const prepared = {
      tree: await treeFor(db, project.id, { ...kept, tree }),
      program: toJsonText(await treeFor(db, project.id, { ...kept, tree: program })),
    };
    return {
      ...{ project, name, actor, prepared },
      category: task.category,
      description: task.description,
      createMethod: actor.source,
      executorProxy: task.executor_proxy,
      goesOn: { with: task.id, how },
      ...templateOf(task),
    };
  });
  if (again.isStarted) await startUnlessStarted(services, id, project, { actor, isPaused: false });
  return id;
}

function templateOf(task: TaskRecord) {
  if (task.template_id === null) return {};
  const source = task.template_source === 'common' ? ('common' as const) : ('project' as const);
  return { template: { id: Number(task.template_id), version: task.template_version ?? 1, source } };
}
