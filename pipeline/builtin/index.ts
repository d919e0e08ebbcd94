import type { Json, JsonObject } from '../json';
import type { Ambient } from '../language/template';
import { waitUntil } from './wait-until';

/**
 * How an inline node begins: it is over at once, fails at once, or waits for a time or a person.
 * `outputs` are those known so far.
 */
export type Beginning =
  | { kind: 'finished'; outputs: JsonObject }
  | { kind: 'failed'; outputs: JsonObject; reason: string }
  | { kind: 'timer'; outputs: JsonObject; at: number }
  | { kind: 'callback'; outputs: JsonObject };

/** The node kinds that need no outside world: a closed set of pure functions that the machine runs itself. */
export interface Builtin {
  begin(inputs: JsonObject, ambient: Ambient): Beginning;
  /** What a callback's data adds to the outputs. */
  outputsOfCallback?(data: Json): JsonObject;
}

export type BuiltinName = 'done' | 'wait_until' | 'wait_callback';

export const builtins: Record<BuiltinName, Builtin> = {
  done: { begin: () => ({ kind: 'finished', outputs: {} }) },
  wait_until: { begin: waitUntil },
  wait_callback: {
    begin: () => ({ kind: 'callback', outputs: {} }),
    outputsOfCallback: (data): JsonObject => (data === null ? {} : { callback_data: data }),
  },
};
