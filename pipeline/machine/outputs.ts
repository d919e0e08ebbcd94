import type { JsonObject } from '../json';
import type { Outcome } from './messages';

type Round = { loop: number; innerLoop: number };

/** `_loop` and `_inner_loop`, which every node's inputs and outputs carry (bk-sops §6.3). */
export function loopFields({ loop, innerLoop }: Round): JsonObject {
  return { _loop: loop, _inner_loop: innerLoop };
}

/** A node's outputs with those that every node has besides its plugin's own (bk-sops §4.3). */
export function outputsOf({ ok, outputs, reason }: Omit<Outcome, 'recorded'>, round: Round): JsonObject {
  return { ...outputs, _result: ok, ...loopFields(round), ...(reason === undefined ? {} : { ex_data: reason }) };
}
