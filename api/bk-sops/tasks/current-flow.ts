import type { TaskRecord } from '../../../db/tasks';

/** How far a task has come: `func_claim` while it waits to be claimed, `execute_task`, `finished` (bk-sops §7.3). */
export function currentFlowOf({ phase, current_flow }: Pick<TaskRecord, 'phase' | 'current_flow'>): string {
  return phase === 'ended' ? 'finished' : current_flow;
}
