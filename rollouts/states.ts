import type { FlowState } from '../db/flow-tables';
import type { TaskPhase } from '../db/schema';

/** What is known of a flow that its state follows from. */
export interface FlowFacts {
  /** How it has ended, once its last batch is closed. */
  end_state: FlowState | null;
  /** Its task of now; absent: it waits for its pool, or was ended before it had one. */
  task?: { phase: TaskPhase; shown: string } | undefined;
  isQueued: boolean;
}

/** How a flow stands, in Orion's numbers. */
export interface ShownFlow {
  state: FlowState;
  /** Somebody has ended it before it was done. */
  canceled?: true;
}

/** Shown states of tasks in which somebody has to say how it goes on. */
const PAUSED: ReadonlySet<string> = new Set(['SUSPENDED', 'NODE_SUSPENDED']);

/** How a flow stands, by its rows alone. */
export function flowStateOf({ end_state, task, isQueued }: FlowFacts): ShownFlow {
  if (isQueued) return { state: 0 };
  if (end_state !== null) return { state: end_state };
  if (!task) return { state: 2, canceled: true };
  if (task.phase === 'ended') return endOf(task.shown);
  if (task.phase === 'created') return { state: 0 };
  if (task.shown === 'FAILED') return { state: 3 };
  return { state: PAUSED.has(task.shown) ? 4 : 1 };
}

function endOf(shown: string): ShownFlow {
  if (shown === 'REVOKED') return { state: 2, canceled: true };
  return { state: shown === 'FINISHED' ? 2 : 3 };
}
