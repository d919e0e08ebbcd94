import type { TaskRecord } from '../../db/tasks';
import type { OutlineNode } from './outline';
import type { ReachedNode } from './states';

/** What a node wants of a person. */
export type Decision = 'confirmation' | 'approval';

/** By the inline work that waits for it. */
const DECISIONS: ReadonlyMap<string, Decision> = new Map([
  ['wait_callback', 'confirmation'],
  ['wait_approval', 'approval'],
]);

/** What a node waits for while it is RUNNING, where only a person can give it; undefined for all other nodes. */
export function decisionOf({ work }: Pick<OutlineNode, 'type' | 'work'>): Decision | undefined {
  return work?.builtin === undefined ? undefined : DECISIONS.get(work.builtin);
}

/** Whether a task that has not ended waits for a person: something failed, is paused, or waits for a decision. */
export function needsPerson({ status }: Pick<TaskRecord, 'status'>, nodes: readonly ReachedNode[]): boolean {
  return isHeld(status) || nodes.some(({ node, attempt }) => isHeld(attempt.status) || isUndecided(node, attempt));
}

function isHeld(status: string): boolean {
  return status === 'FAILED' || status === 'SUSPENDED';
}

function isUndecided(node: OutlineNode, { status }: ReachedNode['attempt']): boolean {
  return status === 'RUNNING' && decisionOf(node) !== undefined;
}
