import { builtins } from '../builtin';
import type { Json, JsonObject } from '../json';
import type { ActivityNode, Effect, EffectRule, PluginWork } from '../program';
import { commandId, type Frame } from './frame';
import { refuseLeftOut, renderInputs, replaceInputs } from './inputs';
import type { LeftOut, Outcome } from './messages';
import { type EndRow, exportOutputs, failNode, finishNode, nextOf, nextRound, RECORDED } from './nodes';
import { loopFields, outputsOf } from './outputs';
import type { NodeState } from './state';
import { hasFreeSlot, MAX_OPEN_PLUGINS, move } from './tokens';

/** Of `State.language`: in older runs a timeout is never ignored, and they replay so. */
const IGNORES_TIMEOUTS_SINCE = 2;

/** Likewise: in older runs an inline node begins whatever a retry has left out. */
const NEEDS_INPUTS_SINCE = 2;

const TIMED_OUT = "The node has been terminated by the system due to exceeding the 'Timeout Setting'.";

/** Starts one attempt of an activity: renders its inputs and begins its work, or lets it wait for a free slot. */
export function startActivity(frame: Frame, node: ActivityNode, index: number, token: number): void {
  const { state } = frame;
  if (node.work.kind === 'plugin' && !hasFreeSlot(state)) {
    frame.record(index, { waitingFor: `one of the ${MAX_OPEN_PLUGINS} activities that a task may have open` });
    state.backlog.push(token);
    return;
  }
  const current = frame.setStatus(index, 'RUNNING');
  const inputs = { ...loopFields(current) };
  let leftOut: LeftOut | undefined;
  try {
    const rendered = renderInputs(frame, node, index);
    Object.assign(inputs, rendered.inputs);
    leftOut = rendered.leftOut;
  } catch (error) {
    const reason = `inputs hydrate failed(${(error as Error).message}), check node log for details`;
    return failAttempt(frame, index, { startedAt: frame.at, inputs, outputs: { ex_data: reason } });
  }
  armTimeout(frame, node, index);
  if (node.work.kind === 'plugin') return runPlugin(frame, node, node.work, index, { inputs, leftOut });
  const refusal = frame.ambient.language >= NEEDS_INPUTS_SINCE ? refuseLeftOut(node, leftOut) : undefined;
  if (refusal === undefined) return begin(frame, node, index, inputs);
  frame.record(index, { startedAt: frame.at, inputs });
  endAttempt(frame, index, { ok: false, outputs: {}, reason: refusal, recorded: false });
}

function begin(frame: Frame, node: ActivityNode, index: number, inputs: JsonObject): void {
  if (node.work.kind !== 'inline') return;
  const { state } = frame;
  const current = frame.nodeState(index);
  const id = commandId(index, current);
  const beginning = builtins[node.work.builtin].begin(inputs, frame.ambient);
  frame.record(index, { startedAt: frame.at, inputs });
  switch (beginning.kind) {
    case 'finished':
      return endAttempt(frame, index, { ok: true, outputs: beginning.outputs, recorded: false });
    case 'failed':
      return endAttempt(frame, index, { ok: false, ...beginning, recorded: false });
    case 'timer': {
      const waitingFor = `the time ${new Date(beginning.at).toISOString()}`;
      frame.record(index, { outputs: outputsOf({ ok: true, ...beginning }, current), waitingFor });
      return frame.open(id, { kind: 'timer', node: index, at: beginning.at, purpose: 'wait' });
    }
    case 'callback': {
      const early = state.callbacks[index];
      const { remember } = beginning;
      frame.open(id, { kind: 'callback', node: index, ...(remember === undefined ? {} : { remember }) });
      frame.record(index, {
        outputs: outputsOf({ ok: true, ...beginning }, current),
        waitingFor: beginning.waitingFor ?? 'a callback',
      });
      if (early === undefined) return;
      delete state.callbacks[index];
      return endByCallback(frame, index, early);
    }
    default:
      beginning satisfies never;
  }
}

function runPlugin(
  frame: Frame,
  node: ActivityNode,
  work: PluginWork,
  index: number,
  { inputs, leftOut }: { inputs: JsonObject; leftOut: LeftOut | undefined },
): void {
  const current = frame.nodeState(index);
  const id = commandId(index, current);
  const seq = frame.nextSeq();
  // The activity's second row, the one of its end.
  frame.nextSeq();
  frame.open(id, { kind: 'plugin', node: index });
  frame.commands.push({
    type: 'run',
    id,
    nodeId: node.id,
    name: node.name,
    code: work.code,
    version: work.version,
    effect: effectOf(work.effect, inputs),
    inputs,
    ...(leftOut ? { leftOut } : {}),
    loop: current.loop,
    innerLoop: current.innerLoop,
    attempt: current.retry + 1,
    timeoutMs: work.timeoutMs,
    heartbeatMs: work.heartbeatMs,
    quick: work.quick ?? false,
    ...(node.executor ? { executor: node.executor } : {}),
    seq,
    ignoreFailure: ignoresFailure(node, current),
    willRetry: mayRetry(node, current.autoRetries),
    wantedOutputs: node.loop ? 'all' : node.exports.map(([field]) => field),
  });
}

function effectOf(rule: EffectRule, inputs: JsonObject): Effect {
  if (typeof rule === 'string') return rule;
  return rule.cases[String(inputs[rule.input] ?? '').toUpperCase()] ?? rule.otherwise;
}

/** A plugin's attempt is over. Late results, of attempts that were given up, find their command closed. */
export function endPluginRun(frame: Frame, command: string, outcome: Outcome): void {
  const open = frame.state.open[command];
  if (open?.kind !== 'plugin') return;
  frame.close(command);
  endAttempt(frame, open.node, outcome);
}

/** A callback ends the wait of its node. */
export function endByCallback(frame: Frame, index: number, data: Json): void {
  const { work } = frame.activity(index);
  const id = commandId(index, frame.nodeState(index));
  const open = frame.state.open[id];
  if (work.kind !== 'inline' || open?.kind !== 'callback') return;
  const result = builtins[work.builtin].endByCallback?.(data, open.remember) ?? { ok: true, outputs: {} };
  frame.close(id);
  endAttempt(frame, index, { ...result, recorded: false });
}

export function resumeAfterTimer(frame: Frame, command: string): void {
  const open = frame.state.open[command];
  if (open?.kind !== 'timer') return;
  frame.close(command);
  switch (open.purpose) {
    case 'wait':
      return endAttempt(frame, open.node, { ok: true, outputs: {}, recorded: false });
    case 'retry':
      frame.nodeState(open.node).autoRetries = (frame.nodeState(open.node).autoRetries ?? 0) + 1;
      return retryNode(frame, open.node);
    case 'timeout':
      return endByTimeout(frame, open.node);
    default:
      open.purpose satisfies never;
  }
}

/**
 * Ends an attempt: its outputs are exported, and the token goes on, goes round, or stays (bk-sops §6.4, §6.5, §6.9).
 */
function endAttempt(frame: Frame, index: number, outcome: Outcome): void {
  frame.cancel(`${commandId(index, frame.nodeState(index))}:timeout`);
  const outputs = outputsOf(outcome, frame.nodeState(index));
  exportOutputs(frame, index, outputs);
  appendLoopOutputs(frame, index, outputs, outcome.ok);
  const row = outcome.recorded ? RECORDED : { outputs };
  if (outcome.ok) endRound(frame, index, row);
  else failAttempt(frame, index, row);
}

/** One documented order: automatic retries, then ignore if ignorable, else wait for an operator. */
function failAttempt(frame: Frame, index: number, row: EndRow): void {
  const node = frame.activity(index);
  const current = frame.nodeState(index);
  if (!ignoresFailure(node, current)) return stayFailed(frame, index, row);
  current.errorIgnored = true;
  // An ignored failure ends the loop, unless the loop says that it goes on (bk-sops §6.9).
  if (node.ignorable) passOn(frame, index, row);
  else endRound(frame, index, row);
}

/** Whether a failure now counts as finished: nothing is left to try. */
function ignoresFailure(node: ActivityNode, current: NodeState): boolean {
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

function mayRetry(node: ActivityNode, used = 0): boolean {
  return node.retryable && node.autoRetry !== undefined && used < node.autoRetry.times;
}

/** Ends a round of an activity: the next round follows, or the next node. */
function endRound(frame: Frame, index: number, row: EndRow): void {
  const { loop } = frame.activity(index);
  const current = frame.nodeState(index);
  if (!loop || current.innerLoop >= loop.times) return passOn(frame, index, row);
  const token = current.token!;
  finishNode(frame, index, row);
  nextRound(current);
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

/** Puts a failed node back in front of its token, as a new attempt. */
export function retryNode(frame: Frame, index: number, inputs: JsonObject = {}, merges = false): void {
  const node = frame.nodeState(index);
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
  const id = commandId(index, frame.nodeState(index));
  frame.cancel(id);
  closeTimers(frame, index);
  stayFailed(frame, index, { outputs: outputsOf(forcedFailure(reason), frame.nodeState(index)) });
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

function armTimeout(frame: Frame, node: ActivityNode, index: number): void {
  if (!node.timeout) return;
  const id = `${commandId(index, frame.nodeState(index))}:timeout`;
  frame.open(id, { kind: 'timer', node: index, at: frame.at + node.timeout.ms, purpose: 'timeout' });
}

/** Where failures are ignored a timeout is one of them; else it ends the attempt as an operator would. */
function endByTimeout(frame: Frame, index: number): void {
  const node = frame.activity(index);
  const skips = node.timeout?.skip === true;
  const isFailure = node.ignorable || (node.loop?.failSkip === true && !skips);
  if (isFailure && frame.ambient.language >= IGNORES_TIMEOUTS_SINCE) {
    frame.cancel(commandId(index, frame.nodeState(index)));
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
