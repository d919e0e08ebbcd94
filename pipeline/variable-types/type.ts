import type { Json } from '../json';
import type { Meter } from '../language/python/limits';
import type { ScopeValue } from '../language/python/values';

/** What a constant gives to its type, when the tree is compiled. */
export interface Definition {
  /** What was chosen, or the only value there is. */
  value: Json;
  /** The choices of a meta constant (bk-sops §4.7): `{datasource, items_text, type, default, …}`. */
  meta?: { [key: string]: Json };
}

/** The clock of a variable; the machine knows no other. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now: number;
  /**
   * Offset of a named time zone at a moment, in minutes east of UTC.
   *
   * @throws Error when nothing is recorded of the zone
   */
  zoneOffsetMinutes(zone: string, at: number): number;
}

/** A `custom_type` that is more than its rendered value (bk-sops §4.7). */
export interface VariableType {
  /** What is rendered of the definition; the chosen value when absent. */
  define?(definition: Definition): Json;
  /** Named time zones that the definition mentions, so that their offsets are recorded with the task. */
  zones?(value: Json): string[];
  /**
   * Turns the rendered definition into what expressions see, on every use. Its size is paid for; what takes more than a
   * few looks at each part of it is paid for here.
   *
   * @throws Error: the node that uses the variable fails
   */
  resolve(value: Json, clock: Clock, meter: Meter): ScopeValue;
}
