import { type Decision, decisionOf } from '../../tasks/view/decision';
import type { OutlineNode } from '../../tasks/view/outline';

/** States of nodes that a person ends. */
const PENDING: Readonly<Record<Decision, string>> = {
  confirmation: 'PENDING_CONFIRMATION',
  approval: 'PENDING_APPROVAL',
};

/** How the states of a task are shown: as the API always did, or as the newer web pages do (bk-sops §6.11). */
export type StateScheme = 'legacy' | 'new';

export interface StateFacts {
  /** Of the node itself. */
  raw: string;
  /** As shown, of the nodes inside. */
  children: readonly string[];
  /** The node; absent for the task itself. */
  node?: OutlineNode | undefined;
}

export const showState: Record<StateScheme, (facts: StateFacts) => string> = {
  legacy: legacyState,
  new: newState,
};

/** A running pipeline shows what its nodes need (bk-sops §6.11). */
function legacyState({ raw, children }: StateFacts): string {
  if (raw !== 'RUNNING') return raw;
  if (children.includes('FAILED')) return 'FAILED';
  return children.includes('SUSPENDED') || children.includes('NODE_SUSPENDED') ? 'NODE_SUSPENDED' : 'RUNNING';
}

/** Says besides whom a pipeline waits for: a confirmation, an approval, or somebody to go on. */
function newState({ raw, children, node }: StateFacts): string {
  if (raw !== 'RUNNING' && raw !== 'SUSPENDED') return raw;
  if (children.includes('FAILED')) return 'FAILED';
  if (raw === 'SUSPENDED') return node ? 'PENDING_PROCESSING' : 'SUSPENDED';
  const decision = node && decisionOf(node);
  if (decision) return PENDING[decision];
  return children.some((state) => state.startsWith('PENDING_')) ? 'PENDING_PROCESSING' : 'RUNNING';
}
