import { builtins } from '../builtin';
import type { Json, JsonObject } from '../json';
import type { ActivityNode } from '../program';
import { armTimeout, endAttempt, endByTimeout, failAttempt, retryNode } from './attempt';
import { commandId, type Frame } from './frame';
import type { HostChoice } from './host-choice';
import { refuseLeftOut, renderInputs } from './inputs';
import type { LeftOut, Outcome } from './messages';
import { loopFields, outputsOf } from './outputs';
import { runPlugin } from './plugin-run';
import { beginRounds, endRoundStep, goOn } from './rounds';
import { hasFreeSlot, waitForSlot } from './tokens';

/** Of `State.language`: in older runs an inline node begins whatever a retry has left out. */
const NEEDS_INPUTS_SINCE = 2;

/** Starts one attempt of an activity: renders its inputs and begins its work, or lets it wait for a free slot. */
export function startActivity(frame: Frame, node: ActivityNode, index: number, token: number): void {
  const { state } = frame;
  if (node.work.kind === 'plugin' && !hasFreeSlot(state)) return waitForSlot(frame, index, token);
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
  if (node.work.kind === 'plugin') {
    if (node.work.rounds) return beginRounds(frame, index, { inputs, leftOut });
    return runPlugin(frame, node, node.work, index, { id: commandId(index, current), inputs, leftOut });
  }
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

/** A plugin's attempt is over. Late results, of attempts that were given up, find their command closed. */
export function endPluginRun(frame: Frame, command: string, outcome: Outcome): void {
  const open = frame.state.open[command];
  if (open?.kind !== 'plugin') return;
  frame.close(command);
  if (frame.nodeState(open.node).round) endRoundStep(frame, open, outcome);
  else endAttempt(frame, open.node, outcome);
}

/** A callback ends the wait of its node. */
export function endByCallback(frame: Frame, index: number, data: Json): void {
  const { work } = frame.activity(index);
  const id = commandId(index, frame.nodeState(index));
  const open = frame.state.open[id];
  if (open?.kind !== 'callback') return;
  if (work.kind === 'plugin') {
    frame.close(id);
    return goOn(frame, index, { callback: data });
  }
  const result = builtins[work.builtin].endByCallback?.(data, open.remember) ?? { ok: true, outputs: {} };
  frame.close(id);
  endAttempt(frame, index, { ...result, recorded: false });
}

/** Nobody is there who could be asked, so it is for those that somebody said before, else for all on which it is not done. */
function choiceOfAutomaticRetry(frame: Frame, index: number): { hosts?: HostChoice } {
  const { work } = frame.activity(index);
  if (work.kind !== 'plugin' || !work.rounds) return {};
  return { hosts: frame.nodeState(index).hosts ?? 'unfinished' };
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
      return retryNode(frame, open.node, choiceOfAutomaticRetry(frame, open.node));
    case 'timeout':
      return endByTimeout(frame, open.node);
    case 'round':
      return goOn(frame, open.node);
    default:
      open.purpose satisfies never;
  }
}
