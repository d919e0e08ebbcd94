import type { JsonObject } from '../pipeline/json';
import type { Language } from '../pipeline/language/python/rules';
import type { Event, NodeRow, Operation, RunPlugin, State, TakenOver, TaskContext, TaskRow } from '../pipeline/machine';
import type { Program } from '../pipeline/program';

/** Type of the one workflow that runs every task. */
export const PIPELINE_WORKFLOW = 'pipeline';

/**
 * Argument of the workflow: a new task brings its context, a run that carries on what the one before had.
 * `recordsAlong`: plugins' activities record more than their own attempt. Runs of older builds have no such field, and
 * replay as they were.
 */
export type PipelineInput = {
  program: Program;
  recordsAlong?: boolean;
  /** Rules by which the run renders; absent: 1. */
  language?: Language;
  /** Operations on nodes are answered when what they led to is written; runs of older builds answer before. */
  answersRecorded?: boolean;
} & ({ context: TaskContext; taken?: TakenOver } | CarriedOver);

export interface CarriedOver {
  state: State;
  /** Not yet recorded. */
  rows: RecordInput;
  /** Quick plugins that are to be run. */
  quick: RunPlugin[];
}

export interface PipelineResult {
  status: 'FINISHED' | 'REVOKED';
}

/** Also signals: durable also while no worker is up. Without an id every signal counts as a new request. */
export const SIGNALS = ['pause', 'resume', 'stop'] as const;
export type SignalName = (typeof SIGNALS)[number];
export type SignalInput = { id?: string; by?: string };

export function isSignal(action: string): action is SignalName {
  return (SIGNALS as readonly string[]).includes(action);
}

/** Updates: the caller learns whether the operation was accepted. The argument is the operation itself. */
export const UPDATES = [
  ...SIGNALS,
  'retry',
  'skip',
  'skip_exg',
  'skip_cpg',
  'callback',
  'forced_fail',
  'pause_node',
  'resume_node',
  'pause_subproc',
  'resume_subproc',
  'set_constants',
] as const;
export type UpdateName = (typeof UPDATES)[number];
export type UpdateInput = Extract<Operation, { action: UpdateName }>;

/** What the update of an operation answers; runs of older builds answer nothing. */
export interface OperationAnswer {
  /** Who reads now sees what it led to. False: the next run of the workflow writes it. */
  isRecorded: boolean;
}

/** Update that answers when all that has happened so far is written. */
export const RECORDED_UPDATE = 'recorded';

/**
 * Update that asks whether a signal would be taken; answers the refusal, or null. Clients of older builds send it, and
 * histories have it.
 */
export const CHECK_UPDATE = 'check';

/** Query that answers the whole State, for people in the Temporal Web UI. */
export const STATE_QUERY = 'state';

/** Query that answers whether an operation was accepted, by its id; also asked of tasks that have ended. */
export const ACCEPTED_QUERY = 'accepted';

/** Search attribute of the task's shown state. */
export const STATE_ATTRIBUTE = 'GantryTaskState';

/** Local activity that writes rows; its argument. */
export const RECORD_ACTIVITY = 'record';
export interface RecordInput {
  taskId: number;
  nodes: NodeRow[];
  task?: TaskRow;
}

/** Argument of a plugin's activity, which is named after the plugin's code: what the machine asks for, and for whom. */
export type PluginRunInput = Omit<RunPlugin, 'type' | 'id' | 'name' | 'code' | 'timeoutMs' | 'quick'> & {
  taskId: number;
  /** Attributes of `${_system}`, which plugins may read. */
  system: JsonObject;
  /** What else there was to record when the attempt was asked for: written with the attempt's own row. */
  along?: RowsAlong;
};

export type RowsAlong = Pick<RecordInput, 'nodes' | 'task'>;

export function pluginRunInput(command: RunPlugin, { taskId, system }: TaskContext): PluginRunInput {
  const { type: _type, id: _id, name: _name, code: _code, timeoutMs: _timeoutMs, quick: _quick, ...run } = command;
  return { taskId, system, ...run };
}

/** Local activity that runs quick plugins and what follows them, as far as it is quick too, and records all of it. */
export const ADVANCE_ACTIVITY = 'advance';
export interface AdvanceInput {
  runs: RunPlugin[];
  rows: RecordInput;
  twin: TwinInput;
}

/** Brings the worker's copy of the machine to where the workflow's is; `version` counts the events that it has heard. */
export type TwinInput = { version: number } & ({ program: Program; state: State } | { events: Event[] });

/** What happened, in order, and where it led; `missing`: the worker has no copy of this version, nothing was done. */
export type AdvanceResult = { events: Event[]; seq: number } | { missing: true };

/** Type of the workflow that a schedule starts at each firing, and its argument. */
export const LAUNCH_WORKFLOW = 'launch';
export interface LaunchInput {
  /** `periodic-<id>` or `clocked-<id>`. */
  schedule: string;
  /** ISO time that the launch is for; absent: the one that the schedule fired for. */
  nominalAt?: string;
  /** Who asked for it; absent: the schedule fired. */
  by?: string;
  /** The schedule was due and has not fired. */
  isMadeUp?: true;
}

/** Activity that creates the task of a firing and starts it; its argument. */
export const LAUNCH_ACTIVITY = 'launch';
export interface LaunchRequest extends LaunchInput {
  nominalAt: string;
  /** ISO time at which the schedule fired. */
  firedAt: string;
}

/** Does what a launch is; given to the worker by those who know tasks. */
export type Launch = (request: LaunchRequest) => Promise<LaunchResult>;

/** What came of a launch: `skipped` and `failed` say why in `reason`. */
export interface LaunchResult {
  state: 'launched' | 'skipped' | 'failed';
  taskId: number | null;
  reason: string;
}

/** Type of the workflow that asks hosts something at once, for somebody who waits; its one activity, and their argument. */
export const PROBE_WORKFLOW = 'probe';
export const PROBE_ACTIVITY = 'probe';
export interface ProbeInput {
  projectId: number;
  /** Who asks: looked at again when it is done. */
  executor: Executor;
  hostIds: number[];
  what: Probe;
}

/** In whose name work is done on hosts. */
export interface Executor {
  username: string;
  /** Their app answers for what they may do. */
  isTrusted: boolean;
}

/** `test`: whether one can log in, and what the host is; `scan`: by which keys it makes itself known. */
export type Probe = { kind: 'test'; account: string | null } | { kind: 'scan' };

/** What came of a probe, in the order of its hosts. Nothing in it is secret. */
export interface ProbeResult {
  hosts: ProbedHost[];
}

export type ProbedHost = { hostId: number } & (
  | { ok: true; ms: number; facts: HostFacts }
  | { ok: true; ms: number; keys: ScannedKey[] }
  | { ok: false; problem: string; message: string }
);

/** What a host says of itself; what it does not know is left out. */
export type HostFacts = Record<string, string | number | boolean>;

export interface ScannedKey {
  /** As `ssh-ed25519`. */
  type: string;
  /** Base64 of the key as ssh sends it. */
  key: string;
  fingerprint: string;
  isTrusted: boolean;
}
