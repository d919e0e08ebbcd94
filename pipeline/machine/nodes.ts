import type { JsonObject } from '../json';
import type { ProgramNode } from '../program';
import type { Frame } from './frame';
import type { NodeRow } from './messages';
import type { NodeState } from './state';
import { move } from './tokens';

/** What is recorded of a node's end. */
export type EndRow = Pick<NodeRow, 'startedAt' | 'inputs' | 'outputs' | 'willRetry'> | typeof RECORDED;

/** The activity has written the row of the end itself. */
export const RECORDED = 'recorded';

/** The node is done; its token has not moved. */
export function finishNode(frame: Frame, index: number, row: EndRow = {}): void {
  const node = frame.setStatus(index, 'FINISHED');
  delete node.token;
  if (row !== RECORDED) frame.record(index, { ...row, finishedAt: frame.at });
}

/** The node has failed: its token stays until an operator decides. */
export function failNode(frame: Frame, index: number, row: EndRow): void {
  frame.setStatus(index, 'FAILED');
  if (row !== RECORDED) frame.record(index, { ...row, finishedAt: frame.at });
}

/** The node is executed once more, with fresh flags. */
export function nextLoop(node: NodeState): void {
  node.loop += 1;
  node.innerLoop += 1;
  node.retry = 0;
  delete node.hosts;
  forgetDecisions(node);
}

/** How the last execution was got over says nothing about this one. */
export function forgetDecisions(node: NodeState): void {
  delete node.skip;
  delete node.errorIgnored;
}

/** Finishes a node that has one way out and sends the token along. */
export function passNode(frame: Frame, index: number, token: number): void {
  finishNode(frame, index, { startedAt: frame.at });
  move(frame, token, nextOf(frame.node(index)));
}

export function nextOf(node: ProgramNode): number {
  if (!('next' in node)) throw new Error(`node ${node.id} has no single way out`);
  return node.next;
}

/** Writes outputs to the variables that take them; missing ones leave their variable as it is (bk-sops §4.3). */
export function exportOutputs(frame: Frame, index: number, outputs: JsonObject): void {
  const node = frame.node(index);
  if (node.type !== 'activity' && node.type !== 'subprocess') return;
  const { values } = frame.state.pipelines[node.pipeline]!;
  for (const [field, variable] of node.exports) {
    if (Object.hasOwn(outputs, field)) values[variable] = outputs[field]!;
  }
}
