import { reachableFrom } from '../after';
import type { Frame } from './frame';
import { exportOutputs, finishNode, nextOf } from './nodes';
import { move } from './tokens';

/**
 * Ends an activity as it ended in the task that this one goes on with. What comes after a node that does run has no such end
 * any more.
 *
 * @returns whether it has ended so
 */
export function takeOver(frame: Frame, index: number, token: number): boolean {
  const { taken } = frame.state;
  if (!taken) return false;
  const current = frame.nodeState(index);
  const known = taken.nodes[index];
  if (!known) {
    for (const after of reachableFrom(frame.program, index)) delete taken.nodes[after];
    if (taken.hosts?.nodes.includes(index)) current.hosts = taken.hosts.choice;
    if (taken.hosts) taken.hosts.nodes = taken.hosts.nodes.filter((other) => other !== index);
    if (Object.keys(taken.nodes).length === 0 && !taken.hosts?.nodes.length) delete frame.state.taken;
    return false;
  }
  delete taken.nodes[index];
  const { outputs, skip, errorIgnored, startedAt = frame.at } = known;
  if (skip) current.skip = true;
  if (errorIgnored) current.errorIgnored = true;
  exportOutputs(frame, index, outputs);
  finishNode(frame, index, { startedAt, outputs });
  move(frame, token, nextOf(frame.node(index)));
  return true;
}
