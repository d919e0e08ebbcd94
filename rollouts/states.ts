import type { FlowFactsRow } from '../db/flow-facts';
import type { FlowState } from '../db/flow-tables';
import type { TaskPhase } from '../db/schema';

/** What is known of a flow that its state follows from. */
export interface FlowFacts {
  /** How it has ended, once its last batch is closed. */
  end_state: FlowState | null;
  /** Its task of now; absent: it waits for its pool, or was ended before it had one. */
  task?: { phase: TaskPhase; shown: string } | undefined;
  isQueued: boolean;
  /** A node of it waits for somebody to decide: that of its task is known by what that shows, if it is not said. */
  hasFailed?: boolean;
  /** Somebody has to let the next batch begin. */
  isAtGate?: boolean;
  /** Something is under way on its hosts though its task is paused. */
  isWorking?: boolean;
}

/** How a flow stands, in Orion's numbers (orion §3.8). */
export interface ShownFlow {
  state: FlowState;
  /** Somebody has ended it before it was done. */
  canceled?: true;
}

/** Shown states of tasks in which somebody has to say how it goes on. */
const PAUSED: ReadonlySet<string> = new Set(['SUSPENDED', 'NODE_SUSPENDED']);

/** How a flow stands, by its rows alone. */
export function flowStateOf(facts: FlowFacts): ShownFlow {
  const { end_state, task, isQueued } = facts;
  if (isQueued) return { state: 0 };
  if (end_state !== null) return { state: end_state };
  if (!task) return { state: 2, canceled: true };
  if (task.phase === 'ended' || task.shown === 'REVOKED') return endOf(task.shown);
  if (task.phase === 'created') return { state: 0 };
  const { hasFailed = task.shown === 'FAILED', isAtGate = false, isWorking = false } = facts;
  if (hasFailed) return { state: 3 };
  return { state: isAtGate || (PAUSED.has(task.shown) && !isWorking) ? 4 : 1 };
}

/** The same of what was read of it. */
export function flowStateOfRow({ phase, shown, failedNodes, gate, ...row }: FlowFactsRow): ShownFlow {
  const task = phase === null || shown === null ? undefined : { phase, shown };
  return flowStateOf({ ...row, task, hasFailed: failedNodes.length > 0, isAtGate: gate !== null });
}

function endOf(shown: string): ShownFlow {
  if (shown === 'REVOKED') return { state: 2, canceled: true };
  return { state: shown === 'FINISHED' ? 2 : 3 };
}
