import type { JsonObject } from '../json';
import type { ActivityNode } from '../program';
import { commandId, type Frame } from './frame';
import type { HostChoice } from './host-choice';
import { replaceInputs } from './inputs';
import type { Outcome } from './messages';
import { type EndRow, exportOutputs, failNode, finishNode, nextLoop, nextOf, RECORDED } from './nodes';
import { outputsOf } from './outputs';
import type { NodeState } from './state';
import { move, withdraw } from './tokens';

/** Of `State.language`: in older runs a timeout is never ignored, and they replay so. */
const IGNORES_TIMEOUTS_SINCE = 2;

const TIMED_OUT = "The node has been terminated by the system due to exceeding the 'Timeout Setting'.";

/**
 * Ends an attempt: its outputs are exported, and the token goes on, goes round, or stays (bk-sops §6.4, §6.5, §6.9).
 */
export function endAttempt(frame: Frame, index: number, outcome: Outcome): void {
  frame.cancel(`${commandId(index, frame.nodeState(index))}:timeout`);
  delete frame.nodeState(index).round;
  const outputs = outputsOf(outcome, frame.nodeState(index));
  exportOutputs(frame, index, outputs);
  appendLoopOutputs(frame, index, outputs, outcome.ok);
  const row = outcome.recorded ? RECORDED : { outputs };
  if (outcome.ok) endLoop(frame, index, row);
  else failAttempt(frame, index, row);
}

/** One documented order: automatic retries, then ignore if ignorable, else wait for an operator. */
export function failAttempt(frame: Frame, index: number, row: EndRow): void {
  const node = frame.activity(index);
  const current = frame.nodeState(index);
  if (!ignoresFailure(node, current)) return stayFailed(frame, index, row);
  current.errorIgnored = true;
  // An ignored failure ends the loop, unless the loop says that it goes on (bk-sops §6.9).
  if (node.ignorable) passOn(frame, index, row);
  else endLoop(frame, index, row);
}

/** Whether a failure now counts as finished: nothing is left to try. */
export function ignoresFailure(node: ActivityNode, current: NodeState): boolean {
  return !mayRetry(node, current.autoRetries) && (node.ignorable || node.loop?.failSkip === true);
}

/** The node fails; an automatic retry may follow, otherwise an operator decides. */
function stayFailed(frame: Frame, index: number, row: EndRow): void {
  const node = frame.activity(index);
  const current = frame.nodeState(index);
  const willRetry = mayRetry(node, current.autoRetries);
  failNode(frame, index, row === RECORDED || !willRetry ? row : { ...row, willRetry });
  if (!willRetry) return;
  const at = frame.at + node.autoRetry!.intervalMs;
  frame.open(`${commandId(index, current)}:retry`, { kind: 'timer', node: index, at, purpose: 'retry' });
}

export function mayRetry(node: ActivityNode, used = 0): boolean {
  return node.retryable && node.autoRetry !== undefined && used < node.autoRetry.times;
}

/** Ends a round of `loop_config`: the next one follows, or the next node. */
function endLoop(frame: Frame, index: number, row: EndRow): void {
  const { loop } = frame.activity(index);
  const current = frame.nodeState(index);
  if (!loop || current.innerLoop >= loop.times) return passOn(frame, index, row);
  const token = current.token!;
  finishNode(frame, index, row);
  nextLoop(current);
  current.token = token;
  frame.setStatus(index, 'READY');
  frame.state.ready.push(token);
}

/** Ends a node that has one way out and sends its token along. */
function passOn(frame: Frame, index: number, row?: EndRow): void {
  const token = frame.nodeState(index).token!;
  finishNode(frame, index, row);
  move(frame, token, nextOf(frame.node(index)));
}

/** What a new attempt has that the last one had not. */
interface Retry {
  inputs?: JsonObject;
  merges?: boolean;
  hosts?: HostChoice;
}

/** Puts a failed node back in front of its token, as a new attempt. */
export function retryNode(frame: Frame, index: number, { inputs = {}, merges = false, hosts }: Retry = {}): void {
  const node = frame.nodeState(index);
  delete node.hosts;
  if (hosts !== undefined) node.hosts = hosts;
  closeTimers(frame, index);
  if (Object.keys(inputs).length > 0) replaceInputs(frame.state, index, inputs, merges);
  restartLoop(frame, index);
  node.retry += 1;
  frame.setStatus(index, 'READY');
  frame.record(index);
  frame.state.ready.push(node.token!);
}

/** Gives up whatever the attempt waits for besides its plugin. */
export function closeTimers(frame: Frame, index: number): void {
  const id = commandId(index, frame.nodeState(index));
  frame.cancel(`${id}:retry`);
  frame.cancel(`${id}:timeout`);
}

/** Ends a running attempt against its will (bk-sops §6.6 forced_fail): what it still does is cancelled, or ignored. */
export function forceFail(frame: Frame, index: number, reason: string): void {
  cancelWork(frame, index);
  closeTimers(frame, index);
  stayFailed(frame, index, { outputs: outputsOf(forcedFailure(reason), frame.nodeState(index)) });
}

/** Gives up what an attempt does or waits for; of one in rounds all that is under way of this round. */
function cancelWork(frame: Frame, index: number): void {
  const current = frame.nodeState(index);
  const id = commandId(index, current);
  frame.cancel(id);
  if (!current.round) return;
  for (const open of Object.keys(frame.state.open)) if (open.startsWith(`${id}/`)) frame.cancel(open);
  withdraw(frame.state, current.token!);
  delete current.round;
}

function forcedFailure(reason: string) {
  return { ok: false, outputs: { _forced_failed: true }, reason };
}

/** Lets the token of a failed node go on as if it had succeeded; nothing is exported (bk-sops §4.3). */
export function skipNode(frame: Frame, index: number): void {
  closeTimers(frame, index);
  frame.nodeState(index).skip = true;
  passOn(frame, index);
}

export function armTimeout(frame: Frame, node: ActivityNode, index: number): void {
  if (!node.timeout) return;
  const id = `${commandId(index, frame.nodeState(index))}:timeout`;
  frame.open(id, { kind: 'timer', node: index, at: frame.at + node.timeout.ms, purpose: 'timeout' });
}

/** Where failures are ignored a timeout is one of them; else it ends the attempt as an operator would. */
export function endByTimeout(frame: Frame, index: number): void {
  const node = frame.activity(index);
  const skips = node.timeout?.skip === true;
  const isFailure = node.ignorable || (node.loop?.failSkip === true && !skips);
  if (isFailure && frame.ambient.language >= IGNORES_TIMEOUTS_SINCE) {
    cancelWork(frame, index);
    return endAttempt(frame, index, { ...forcedFailure(TIMED_OUT), recorded: false });
  }
  forceFail(frame, index, TIMED_OUT);
  if (skips && node.skippable) skipNode(frame, index);
}

/** With `loop_config`, a variable collects the outputs of every round (bk-sops §6.9). */
function appendLoopOutputs(frame: Frame, index: number, outputs: JsonObject, ok: boolean): void {
  const node = frame.activity(index);
  if (!node.loop) return;
  const { values } = frame.state.pipelines[node.pipeline]!;
  const known = values[node.loop.outputsKey];
  const { innerLoop } = frame.nodeState(index);
  values[node.loop.outputsKey] = [
    ...(Array.isArray(known) ? known : []),
    { ...outputs, result: ok, inner_loop: innerLoop },
  ];
}

/** The rounds of `loop_config` are counted anew by every retry, and every time that the token comes to the node. */
export function restartLoop(frame: Frame, index: number): void {
  const node = frame.node(index);
  if (node.type !== 'activity' || !node.loop) return;
  frame.nodeState(index).innerLoop = 1;
  delete frame.state.pipelines[node.pipeline]!.values[node.loop.outputsKey];
}
