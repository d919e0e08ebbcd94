import type { Json, JsonObject } from '../json';
import type { Ambient } from '../language/template';

/**
 * How an inline node begins: it is over at once, fails at once, or waits for a time or a person.
 * `outputs` are those known so far.
 */
export type Beginning =
  | { kind: 'finished'; outputs: JsonObject }
  | { kind: 'failed'; outputs: JsonObject; reason: string }
  | { kind: 'timer'; outputs: JsonObject; at: number }
  /** `remember` is handed to `endByCallback`; `waitingFor` says in words what callback it is. */
  | { kind: 'callback'; outputs: JsonObject; remember?: Json; waitingFor?: string };

/** How a callback ends a waiting node. */
export interface CallbackResult {
  ok: boolean;
  outputs: JsonObject;
  /** Why it failed. */
  reason?: string;
}

/** The node kinds that need no outside world: a closed set of pure functions that the machine runs itself. */
export interface Builtin {
  begin(inputs: JsonObject, ambient: Ambient): Beginning;
  /** Inputs that decide what is done, with what stands in for them when they are missing; null: nothing does. */
  decisive?: Readonly<Record<string, string | boolean | null>>;
  /** Why a callback with this data is refused, without any effect; undefined when it is taken. */
  refuseCallback?(data: Json): string | undefined;
  endByCallback?(data: Json, remembered: Json | undefined): CallbackResult;
}
