import { GantryError } from '../base/error';
import type { TaskRecord } from '../db/tasks';
import type { SignalName } from '../workflows/contract';
import { type Asked, type Operating, operateTask } from './operate';
import { wrongState } from './wrong-state';

/**
 * Pauses, resumes or stops a task. One that has ended is refused at once; but a request with an id may be one that was
 * accepted before, so its workflow is asked.
 *
 * @throws GantryError `wrong_state` in step `signal` when it has ended; as `operateTask`
 */
export async function signalTask(
  services: Operating,
  task: TaskRecord,
  signal: SignalName,
  asked: Asked,
): Promise<void> {
  if (task.phase === 'ended' && asked.id === undefined) {
    throw new GantryError('wrong_state', `task ${task.id} is ${task.shown}`, {
      step: 'signal',
      reason: wrongState(task.id, task.shown),
    });
  }
  await operateTask(services, task, { action: signal }, asked);
}
