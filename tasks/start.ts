import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { findProject, type ProjectRecord } from '../db/access';
import { auditOf, insertAudit } from '../db/audit';
import {
  claimStart,
  endStart,
  findProgram,
  findTask,
  releaseStart,
  type TaskRecord,
  takeStuckStarts,
} from '../db/tasks';
import { transact } from '../db/transaction';
import type { Program } from '../pipeline/program';
import { isNamed, isUnreachable } from '../temporal/errors';
import { TooLarge } from '../temporal/size';
import { contextOf, surroundingsOf, taskUrlOf } from './context';
import type { Services } from './services';
import { takenFor } from './taken-over';
import { wrongState } from './wrong-state';

/** A start that takes longer was interrupted. */
const STUCK_AFTER_MS = 10_000;

/** What starting a task needs. */
export type StartServices = Pick<Services, 'db' | 'pipelines' | 'log' | 'baseUrl'>;

export interface Start {
  actor: Actor;
  /** Begin paused, in front of the start event. */
  isPaused: boolean;
}

/**
 * Starts a task, once. When Temporal cannot be reached the start is kept and made up for as soon as it can.
 *
 * @throws GantryError `wrong_state` when it was started before
 */
export async function startTask(
  services: StartServices,
  task: TaskRecord,
  project: ProjectRecord,
  start: Start,
): Promise<void> {
  if (task.current_flow !== 'execute_task' && task.phase === 'created') {
    throw new GantryError('wrong_state', `task with current_flow:${task.current_flow} cannot be started`, {
      reason: wrongState(task.id, task.current_flow),
    });
  }
  const at = new Date();
  const executor = start.actor.username;
  const namespaceMark = await services.pipelines.namespace.knownMark();
  const isClaimed = await transact(services.db, async (tx) => {
    const claim = { executor, isPaused: start.isPaused, at, ...(namespaceMark ? { namespaceMark } : {}) };
    if (!(await claimStart(tx, task.id, claim))) return false;
    await insertAudit(tx, { ...auditOf(start.actor), projectId: project.id, taskId: task.id, action: 'start' });
    return true;
  });
  if (!isClaimed) {
    const current = await findTask(services.db, project.id, task.id);
    const state = current?.shown ?? 'gone';
    throw new GantryError('wrong_state', `task already started: task ${task.id} is ${state}`, {
      reason: wrongState(task.id, state),
    });
  }
  try {
    await startWorkflow(services, { ...task, executor, started_at: at, starts_paused: start.isPaused }, project);
  } catch (error) {
    if (isUnreachable(error)) {
      services.log.warn({ taskId: task.id, error }, 'Temporal cannot be reached: the start is kept for later');
      return;
    }
    await releaseStart(services.db, task.id);
    throw isNamed(error, TooLarge) ? new GantryError('too_large', (error as Error).message, { cause: error }) : error;
  }
}

/** Starts what a dying process left between its mark in Postgres and the workflow's start. */
export async function startStuckTasks(services: StartServices, now = Date.now()): Promise<number> {
  const namespaceMark = await services.pipelines.namespace.knownMark();
  return transact(services.db, async (tx) => {
    const stuck = await takeStuckStarts(tx, { olderThan: new Date(now - STUCK_AFTER_MS), namespaceMark });
    for (const task of stuck) {
      const project = await findProject(tx, task.project_id);
      try {
        await startWorkflow(services, task, project!);
      } catch (error) {
        if (!isNamed(error, TooLarge)) throw error;
        // It will never be possible: others wait behind it.
        await releaseStart(tx, task.id);
        services.log.error({ taskId: task.id, error }, 'a task cannot be started');
        continue;
      }
      // Its first row may be long in coming; meanwhile somebody may end the workflow from outside.
      await endStart(tx, task.id);
      services.log.info({ taskId: task.id }, 'started a task whose start had been interrupted');
    }
    return stuck.length;
  });
}

async function startWorkflow(
  { db, pipelines, baseUrl }: StartServices,
  task: TaskRecord,
  project: ProjectRecord,
): Promise<void> {
  const program = await findProgram<Program>(db, task.id);
  const around = await surroundingsOf(db, task);
  const taken = task.again_of === null ? undefined : await takenFor(db, task, program);
  await pipelines.start({
    program,
    context: contextOf(task, project, taskUrlOf(baseUrl, project.id, task.id), program, around),
    name: task.name,
    projectId: project.id,
    templateId: task.template_id,
    isPaused: task.starts_paused,
    taken,
  });
}
