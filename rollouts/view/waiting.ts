import type { FlowFactsRow } from '../../db/flow-facts';
import type { PoolTurn } from '../../db/flow-lists';
import type { FlowState } from '../../db/flow-tables';
import type { FlowRecord } from '../../db/flows';

/** What a flow waits for. */
export type Waiting =
  /** Its pool, which another flow has, or waits for longer. */
  | { for: 'pool'; flowId: number; name: string; isHolder: boolean }
  /** That it is begun: its turn has come. */
  | { for: 'start' }
  /** What a node of its task waits for, in its words: hosts of other pools, a time. */
  | { for: 'node'; what: string }
  /** The end of the step under way, in front of the next of which it is paused. */
  | { for: 'step' }
  /** Somebody who has it go on: it is paused. */
  | { for: 'resume' }
  /** Somebody who lets the next batch begin. */
  | { for: 'gate'; node: string }
  /** Somebody who says how it goes on after a step that has failed. */
  | { for: 'decision'; nodes: string[] };

/** What a flow waits for, by its rows alone; undefined: nothing. */
export function waitingOf({
  flow,
  facts,
  state,
  turn,
}: {
  flow: Pick<FlowRecord, 'id' | 'part_of'>;
  facts: FlowFactsRow;
  state: FlowState;
  /** Whose turn it is in its pool. */
  turn: PoolTurn | undefined;
}): Waiting | undefined {
  if (facts.isQueued) {
    if (!turn || turn.flowId === flow.id) return { for: 'start' };
    return { for: 'pool', flowId: turn.flowId, name: turn.name, isHolder: turn.isHolder };
  }
  if (state === 0) return { for: 'start' };
  if (facts.end_state !== null || facts.phase === 'ended') return undefined;
  if (state === 3) return { for: 'decision', nodes: facts.failedNodes };
  if (state === 1 && facts.shown === 'SUSPENDED') return { for: 'step' };
  if (state === 1) return facts.awaits === null ? undefined : { for: 'node', what: facts.awaits };
  if (state !== 4) return undefined;
  return facts.gate === null ? { for: 'resume' } : { for: 'gate', node: facts.gate };
}

/** The same in words. */
export function waitingText(waiting: Waiting | undefined): string {
  switch (waiting?.for) {
    case undefined:
      return '';
    case 'pool':
      return `its pool: flow ${waiting.flowId} (${waiting.name}) ${waiting.isHolder ? 'has it' : 'waits for it too, and is first'}`;
    case 'start':
      return 'its turn: it is about to be begun';
    case 'node':
      return waiting.what;
    case 'step':
      return 'the end of the step under way: it is paused in front of the next one';
    case 'resume':
      return 'start: it is paused';
    case 'gate':
      return 'start: a batch is done, and somebody has to let the next one begin';
    case 'decision':
      return 'a decision: a step has failed; start tries it again, stop ends the flow';
  }
}
