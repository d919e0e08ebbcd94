import type { ZoneOffsets } from '../../base/zone';
import type { Json, JsonObject } from '../json';
import { type Language, NEWEST_LANGUAGE } from '../language/python/rules';
import type { Program, Variable } from '../program';
import type { HostChoice } from './host-choice';
import type { TakenOver } from './taken';

/** Raw state of the task and of inline subprocesses (bk-sops §6.1). */
export type TaskStatus = 'CREATED' | 'RUNNING' | 'SUSPENDED' | 'FINISHED' | 'REVOKED';

/** State that people are shown (bk-sops §6.11). */
export type ShownState = TaskStatus | 'FAILED' | 'NODE_SUSPENDED';

export type NodeStatus = 'READY' | 'RUNNING' | 'SUSPENDED' | 'FINISHED' | 'FAILED' | 'REVOKED';

/**
 * All that a task's execution is: plain JSON, owned and updated in place by the machine. It holds what a later step can
 * read and nothing else; inputs, outputs and attempts live in the records.
 */
export interface State {
  /** As last reported. */
  shown: ShownState;
  context: TaskContext;
  /** The rules by which the task renders; absent: the first ones. */
  language?: Language;
  /** Number of the last record row: rows never go backwards. */
  seq: number;
  /** State of the random numbers that expressions draw. */
  seed: number;
  /** By node index; null until the node is reached (or paused in advance). */
  nodes: (NodeState | null)[];
  /** By pipeline index; the status of the first is the task's. */
  pipelines: PipelineState[];
  tokens: Record<number, Token>;
  lastToken: number;
  /** Tokens about to enter their node. */
  ready: number[];
  /** Tokens stopped by a pause. */
  held: number[];
  /** Tokens at a plugin's node that wait for one of the task's activity slots. */
  backlog: number[];
  /** No node is entered until the run is carried over. */
  draining: boolean;
  /** Commands that wait for the outside world, by command id. An event for any other id is dropped. */
  open: Record<string, Open>;
  openPlugins: number;
  /** Data of callbacks that came before their node waits, by node index. */
  callbacks: Record<number, Json>;
  /** Inputs that a retry replaced, by node index. */
  replacedInputs: Record<number, JsonObject>;
  /** Nodes that keep the inputs of the program that no retry has replaced. */
  mergedInputs?: Record<number, true>;
  /** Inputs that a retry brought and a later one left out. */
  formerInputs?: Record<number, JsonObject>;
  /** What is left of what it has taken over from another task. */
  taken?: TakenOver;
  /** Ids of the operations seen, oldest first. */
  usedIds: string[];
  /** Of the finished task: constant key with `${}` to value. */
  outputs?: Record<string, Json>;
}

/** What is known of a task at its start and never changes. */
export interface TaskContext {
  taskId: number;
  /** Attributes of `${_system}` (bk-sops §4.6). */
  system: JsonObject;
  /** Project constants by full bare name, `_env_key`. */
  env: JsonObject;
  /** Offsets of the project's time zone. */
  zone: ZoneOffsets;
  /** Offsets of the zones that variables mention by name (`Program.zones`); unknown zones are missing. */
  zones?: Record<string, ZoneOffsets>;
}

export interface NodeState {
  status: NodeStatus;
  /** Round in the task, and in the current entry of the subprocess (bk-sops §6.9). */
  loop: number;
  innerLoop: number;
  /** Retries in this round; the attempt's number is one more. */
  retry: number;
  skip?: true;
  errorIgnored?: true;
  /** The token that stands here. */
  token?: number;
  /** Automatic retries used, over the whole task. */
  autoRetries?: number;
  /** Of an attempt on hosts: those that it is for, where a retry says so; until it has begun. */
  hosts?: HostChoice;
  /** Of an attempt that is worked off in rounds: where it is. */
  round?: RoundState;
}

export interface RoundState {
  number: number;
  /** Parts that have not ended. */
  parts: number;
  /** It waits for a callback. */
  isCalledBack?: true;
  callback?: Json;
  crashed?: string;
  /** How the attempt ends when its last part has ended. */
  end?: { ok: boolean; outputs: JsonObject; reason?: string };
}

export interface PipelineState {
  status: TaskStatus;
  /** Values set while running: outputs, parameters and frozen constants, by bare name. */
  values: Record<string, Json>;
  /** Constants that an operator changed, in place of the program's, by bare name. */
  redefined?: Record<string, Variable>;
  /** What those of `values` are that are more than their text (a table): it holds while the text is the same. */
  objects?: Record<string, { attributes: JsonObject; text: string }>;
  /** Nodes in state FAILED, and SUSPENDED. */
  failed: number;
  suspended: number;
}

/** One line of execution. A fork's token waits at the converge while its children run. */
export interface Token {
  node: number;
  /** A child ends on reaching this node. */
  destination?: number;
  parent?: number;
  /** Children that have not arrived. */
  children?: number;
}

export type Open =
  /** `isPart`: of a round. */
  | { kind: 'plugin'; node: number; isPart?: true }
  /** `remember`: what the node's kind wants to know when it is called back. */
  | { kind: 'callback'; node: number; remember?: Json }
  | { kind: 'timer'; node: number; at: number; purpose: 'wait' | 'retry' | 'timeout' | 'round' };

/** State of a task that has not started. */
export function createState(program: Program, context: TaskContext, language: Language = NEWEST_LANGUAGE): State {
  return {
    shown: 'CREATED',
    context,
    ...(language > 1 ? { language } : {}),
    seq: 0,
    seed: context.taskId,
    nodes: program.nodes.map(() => null),
    pipelines: program.pipelines.map(() => ({ status: 'CREATED', values: {}, failed: 0, suspended: 0 })),
    tokens: {},
    lastToken: 0,
    ready: [],
    held: [],
    backlog: [],
    draining: false,
    open: {},
    openPlugins: 0,
    callbacks: {},
    replacedInputs: {},
    usedIds: [],
  };
}

export function taskStatus(state: Pick<State, 'pipelines'>): TaskStatus {
  return state.pipelines[0]!.status;
}

export function isEnded(state: Pick<State, 'pipelines'>): boolean {
  const status = taskStatus(state);
  return status === 'FINISHED' || status === 'REVOKED';
}
