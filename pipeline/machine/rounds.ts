import type { Json, JsonObject } from '../json';
import { endAttempt } from './attempt';
import { commandId, type Frame } from './frame';
import type { LeftOut, NextRound, Outcome } from './messages';
import { runPlugin } from './plugin-run';
import type { NodeState, Open, RoundState } from './state';
import { freeSlots, hasFreeSlot, waitForSlot } from './tokens';

/**
 * Begins an attempt that is worked off in rounds (docs/architecture.md, "Work in rounds"). The row of its start is written
 * before its plugin is asked for the first time.
 */
export function beginRounds(
  frame: Frame,
  index: number,
  { inputs, leftOut }: { inputs: JsonObject; leftOut: LeftOut | undefined },
): void {
  frame.record(index, { startedAt: frame.at, inputs });
  frame.nodeState(index).round = { number: 1, parts: 0 };
  ask(frame, index, { inputs, leftOut });
}

/** Whether the token at a node waits in front of a further round of an attempt that has begun. */
export function isBetweenRounds(node: NodeState | null | undefined, token: number): boolean {
  return node?.round !== undefined && node.status === 'RUNNING' && node.token === token;
}

/** Opens the round that the node's token waits in front of. */
export function enterRound(frame: Frame, index: number, token: number): void {
  if (!hasFreeSlot(frame.state)) return waitForSlot(frame, index, token);
  frame.record(index);
  ask(frame, index, { inputs: {} });
}

/** A part has ended, or the plugin has said what follows. */
export function endRoundStep(frame: Frame, { node: index, isPart }: Open & { kind: 'plugin' }, outcome: Outcome): void {
  if (isPart) return endPart(frame, index, outcome);
  // Else rows know it from now on.
  if (!outcome.isUnbegun) delete frame.nodeState(index).hosts;
  if (outcome.next) return follow(frame, index, outcome.next);
  endAttempt(frame, index, { ...outcome, recorded: false });
}

/** What was waited for is over: the next round follows, once nothing holds the node's token back. */
export function goOn(frame: Frame, index: number, heard: { callback?: Json } = {}): void {
  const round = roundOf(frame, index);
  delete round.isCalledBack;
  Object.assign(round, heard);
  round.number += 1;
  frame.state.ready.push(frame.nodeState(index).token!);
}

/** Asks the plugin what follows, telling it what has happened since it was asked last. */
function ask(
  frame: Frame,
  index: number,
  { inputs, leftOut }: { inputs: JsonObject; leftOut?: LeftOut | undefined },
): void {
  const { number, callback, crashed } = roundOf(frame, index);
  const current = frame.nodeState(index);
  const { hosts } = current;
  current.round = { number, parts: 0 };
  runStep(frame, index, {
    id: `${commandId(index, current)}/${number}`,
    inputs,
    leftOut,
    round: {
      number,
      goesOn: true,
      ...(hosts === undefined || number > 1 ? {} : { hosts }),
      ...(callback === undefined ? {} : { callback }),
      ...(crashed === undefined ? {} : { crashed }),
    },
  });
}

function follow(frame: Frame, index: number, next: NextRound): void {
  const id = commandId(index, frame.nodeState(index));
  if ('parts' in next) return openParts(frame, index, next.parts);
  switch (next.wait) {
    case 'callback':
      roundOf(frame, index).isCalledBack = true;
      frame.open(id, { kind: 'callback', node: index });
      return frame.record(index, { waitingFor: next.waitingFor });
    case 'until': {
      const { at, waitingFor = `the time ${new Date(at).toISOString()}` } = next;
      frame.open(id, { kind: 'timer', node: index, at, purpose: 'round' });
      return frame.record(index, { waitingFor });
    }
    default:
      next satisfies never;
  }
}

/** As many as there is room for: parts take what is left to do, however few they are. */
function openParts(frame: Frame, index: number, wanted: number): void {
  const round = roundOf(frame, index);
  const id = `${commandId(index, frame.nodeState(index))}/${round.number}`;
  const of = Math.max(1, Math.min(wanted, freeSlots(frame.state)));
  round.parts = of;
  for (let part = 0; part < of; part++) {
    runStep(frame, index, { id: `${id}/${part}`, inputs: {}, round: { number: round.number, part, of } });
  }
}

/** The last part to end may know how the attempt has ended; where one has crashed the plugin is asked all the same. */
function endPart(frame: Frame, index: number, outcome: Outcome): void {
  const { ok, outputs, reason, ends } = outcome;
  const round = roundOf(frame, index);
  round.parts -= 1;
  if (ends) round.end = { ok, outputs, ...(reason === undefined ? {} : { reason }) };
  else if (!ok) round.crashed = reason ?? 'a part has failed';
  if (round.parts > 0) return;
  if (round.end && round.crashed === undefined) return endAttempt(frame, index, { ...round.end, recorded: false });
  goOn(frame, index);
}

function runStep(frame: Frame, index: number, asked: Parameters<typeof runPlugin>[4]): void {
  const node = frame.activity(index);
  if (node.work.kind === 'plugin') runPlugin(frame, node, node.work, index, asked);
}

function roundOf(frame: Frame, index: number): RoundState {
  return frame.nodeState(index).round!;
}
