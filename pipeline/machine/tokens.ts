import type { Branch } from '../program';
import type { Frame } from './frame';
import type { State, Token } from './state';

/** At more pending activities Temporal fails the workflow task (2,000 is its limit); 500 is its advice. */
export const MAX_OPEN_PLUGINS = 500;

/** Makes a token and returns its number; it still has to be put among the ready ones. */
export function newToken(state: State, token: Token): number {
  state.lastToken += 1;
  state.tokens[state.lastToken] = token;
  return state.lastToken;
}

export function hasFreeSlot(state: State): boolean {
  return freeSlots(state) > 0;
}

export function freeSlots(state: State): number {
  return MAX_OPEN_PLUGINS - state.openPlugins;
}

/** Keeps a token at its node until the task may have one more activity open. */
export function waitForSlot(frame: Frame, index: number, token: number): void {
  frame.record(index, { waitingFor: `one of the ${MAX_OPEN_PLUGINS} activities that a task may have open` });
  frame.state.backlog.push(token);
}

/** Takes the token whose turn it is: first those that waited for a free slot, then first come first served. */
export function nextToken(state: State): number | undefined {
  return (hasFreeSlot(state) ? state.backlog.shift() : undefined) ?? state.ready.shift();
}

export function hasNextToken(state: State): boolean {
  return state.ready.length > 0 || (state.backlog.length > 0 && hasFreeSlot(state));
}

/** Takes a token from wherever it waits to move: its node does not want it to any more. */
export function withdraw(state: State, token: number): void {
  for (const list of [state.ready, state.held, state.backlog]) {
    const place = list.indexOf(token);
    if (place >= 0) list.splice(place, 1);
  }
}

/** Sends a token on to a node. */
export function move(frame: Frame, token: number, node: number): void {
  frame.state.tokens[token]!.node = node;
  frame.state.ready.push(token);
}

/** Splits a token into one child a branch; it goes on at the converge when all of them have arrived there. */
export function fork(frame: Frame, token: number, branches: Branch[], converge: number): void {
  const { state } = frame;
  Object.assign(state.tokens[token]!, { node: converge, children: branches.length });
  for (const { target } of branches) {
    state.ready.push(newToken(state, { node: target, destination: converge, parent: token }));
  }
}

/** Ends a child at its destination; the last one lets the parent go on. */
export function arrive(frame: Frame, token: number): void {
  const { tokens, ready } = frame.state;
  const parent = tokens[token]!.parent!;
  delete tokens[token];
  const waiting = tokens[parent]!;
  waiting.children! -= 1;
  if (waiting.children !== 0) return;
  delete waiting.children;
  ready.push(parent);
}
