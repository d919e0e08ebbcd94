import { startActivity } from './activity';
import { restartLoop } from './attempt';
import type { Frame } from './frame';
import { passGateway } from './gateways';
import { forgetDecisions, nextLoop } from './nodes';
import { enterRound, isBetweenRounds } from './rounds';
import type { NodeState } from './state';
import { endPipeline, enterSubprocess, passStart } from './subprocess';
import { takeOver } from './take-over';
import { arrive } from './tokens';

/** Takes a token into its node, unless the token ends there or something holds it back (bk-sops §6.2). */
export function enter(frame: Frame, token: number): void {
  const { state } = frame;
  const { node: index, destination } = state.tokens[token]!;
  if (index === destination) return arrive(frame, token);
  if (state.draining || isSuspended(frame, index)) {
    state.held.push(token);
    return;
  }
  if (isBetweenRounds(state.nodes[index], token)) return enterRound(frame, index, token);
  const node = reach(frame, index, token);
  if (node.status === 'FAILED') return;
  execute(frame, index, token);
}

/** A pause of any pipeline around the node, or one of the node itself made in advance. */
function isSuspended(frame: Frame, index: number): boolean {
  const { program, state } = frame;
  if (state.nodes[index]?.status === 'SUSPENDED') return true;
  let { pipeline } = frame.node(index);
  for (;;) {
    const { status } = state.pipelines[pipeline]!;
    if (status === 'SUSPENDED') return true;
    if (pipeline === 0) return false;
    pipeline = frame.node(program.pipelines[pipeline]!.owner).pipeline;
  }
}

/**
 * The node's state for this execution: a first one, one made READY before, or the next round of a loop (bk-sops §6.9).
 */
function reach(frame: Frame, index: number, token: number): NodeState {
  const { program, state } = frame;
  const known = state.nodes[index];
  if (!known) {
    state.nodes[index] = { status: 'READY', loop: 1, innerLoop: 1, retry: 0, token };
    return state.nodes[index]!;
  }
  known.token = token;
  if (known.status === 'READY') return known;
  if (known.loop > program.rerunLimit && frame.node(index).type !== 'subprocess') {
    frame.setStatus(index, 'FAILED');
    forgetDecisions(known);
    const reason = `node execution exceed rerun limit ${program.rerunLimit}`;
    frame.record(index, { finishedAt: frame.at, outputs: { ex_data: reason } });
    return known;
  }
  nextLoop(known);
  restartLoop(frame, index);
  frame.setStatus(index, 'READY');
  return known;
}

function execute(frame: Frame, index: number, token: number): void {
  const node = frame.node(index);
  switch (node.type) {
    case 'start':
      return passStart(frame, node, index, token);
    case 'end':
      return endPipeline(frame, node, index, token);
    case 'activity':
      if (takeOver(frame, index, token)) return;
      return startActivity(frame, node, index, token);
    case 'subprocess':
      return enterSubprocess(frame, node, index, token);
    case 'exclusive':
    case 'parallel':
    case 'conditional_parallel':
    case 'converge':
      return passGateway(frame, node, index, token);
    default:
      node satisfies never;
  }
}
