import type { Reason } from '../base/reason';

/** Why something is refused that a task's state does not allow. */
export function wrongState(taskId: number, state: string): Reason {
  return { code: 'wrong_state', args: { what: 'task', id: taskId, state } };
}
