import type { Json, JsonObject } from '../json';
import type { Effect } from '../program';
import type { HostChoice } from './host-choice';
import type { Operation } from './operation';
import type { NodeStatus, ShownState, TaskStatus } from './state';

/** What happens to a task. `at` (ms since the epoch) is the only clock the machine knows. */
export type Event = { at: number } & (
  | { type: 'started' }
  /** There was more to do than one step may (see `more`). */
  | { type: 'continued' }
  | { type: 'plugin_ended'; command: string; outcome: Outcome }
  | { type: 'timer_fired'; command: string }
  | { type: 'operated'; operation: Operation }
  /** Start no node any more: the history has grown too long. */
  | { type: 'drained' }
  /** A new run goes on with this state. */
  | { type: 'carried_over' }
);

/** How an attempt of a plugin ended. `recorded`: its activity has written the row of the end itself. */
export interface Outcome {
  ok: boolean;
  outputs: JsonObject;
  /** Why it failed. */
  reason?: string;
  recorded: boolean;
  /** Of a plugin that works in rounds: the attempt goes on, and how. */
  next?: NextRound;
  /** Of one that has failed: nothing was begun, and no row knows for which hosts it was. */
  isUnbegun?: true;
  /** Of a part of a round: it is how the attempt has ended, and nothing is left of that. */
  ends?: true;
}

/** How an attempt that is worked off in rounds goes on; after each of these the plugin is asked again. */
export type NextRound =
  /** So many activities share what is to be done now; there may be fewer, never none. */
  | { parts: number }
  | { wait: 'callback'; waitingFor: string }
  /** Until that time, ms since the epoch. */
  | { wait: 'until'; at: number; waitingFor?: string };

/** Which step of an attempt in rounds it is: a share of the work, or without `part` the question what follows. */
export interface RoundStep {
  /** From 1; the first one brings the inputs. */
  number: number;
  part?: number;
  /** How many parts this round has: perhaps fewer than were asked for. */
  of?: number;
  /** With the first question: for which hosts the attempt is, where a retry says so. */
  hosts?: HostChoice;
  /** What the node was called back with since the last question. */
  callback?: Json;
  /** Why a part crashed since then. */
  crashed?: string;
  /** Of a question: where one part is all there is to do, whoever is asked does it, and says what follows then. */
  goesOn?: true;
}

/** What the machine wants of the outside world. */
export type Command =
  | RunPlugin
  | { type: 'wake'; id: string; at: number; label: string }
  | { type: 'cancel'; id: string }
  | { type: 'record_node'; row: NodeRow }
  | { type: 'record_task'; row: TaskRow }
  /** The step stopped at its bound; `continued` is expected, after what was recorded is flushed. */
  | { type: 'more' }
  | { type: 'ended'; status: 'FINISHED' | 'REVOKED' };

export interface RunPlugin {
  type: 'run';
  id: string;
  nodeId: string;
  name: string;
  code: string;
  version: string;
  effect: Effect;
  inputs: JsonObject;
  leftOut?: LeftOut;
  loop: number;
  innerLoop: number;
  /** 1 for the first attempt of this round. */
  attempt: number;
  timeoutMs: number;
  heartbeatMs: number;
  quick: boolean;
  executor?: string;
  /** Sequence number of the row that the activity writes at its start; that of its end is one more. */
  seq: number;
  /** A failure counts as finished. */
  ignoreFailure: boolean;
  /** After a failure an automatic retry follows. */
  willRetry: boolean;
  /** The outputs that the machine goes on with; the others need not enter the history. */
  wantedOutputs: string[] | 'all';
  /** Of a plugin that works in rounds: it writes no row of the attempt, the machine does. */
  round?: RoundStep;
}

/** Inputs that a node had before and that a retry has left out: as they would be now, or, large ones and those that cannot
 * be rendered, by name. */
export interface LeftOut {
  values: JsonObject;
  unknown: string[];
}

/** A change of one attempt of a node; fields that are absent stay as they are. Times are ms since the epoch. */
export interface NodeRow {
  seq: number;
  nodeId: string;
  loop: number;
  innerLoop: number;
  retry: number;
  status: NodeStatus;
  skip: boolean;
  errorIgnored: boolean;
  /** Of a failure that an automatic retry follows. */
  willRetry?: boolean;
  startedAt?: number;
  finishedAt?: number;
  inputs?: JsonObject;
  outputs?: JsonObject;
  /** What the node waits for, in words; absent: nothing. */
  waitingFor?: string;
}

/** A change of the task's state. `outputs` come with FINISHED: constant key with `${}` to value. */
export interface TaskRow {
  seq: number;
  status: TaskStatus;
  shown: ShownState;
  at: number;
  outputs?: Record<string, Json>;
}
