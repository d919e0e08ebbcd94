import type { JsonObject } from '../pipeline/json';
import type { NodeRow, Operation, RunPlugin, State, TaskContext, TaskRow } from '../pipeline/machine';
import type { Program } from '../pipeline/program';

/** Type of the one workflow that runs every task. */
export const PIPELINE_WORKFLOW = 'pipeline';

/** Argument of the workflow: a new task brings its context, a run that carries on its state and what is not yet recorded. */
export type PipelineInput = { program: Program } & ({ context: TaskContext } | { state: State; rows: RecordInput });

export interface PipelineResult {
  status: 'FINISHED' | 'REVOKED';
}

/** Signals: durable also while no worker is up. Without an id every signal counts as a new request. */
export const SIGNALS = ['pause', 'resume', 'stop'] as const;
export type SignalName = (typeof SIGNALS)[number];
export type SignalInput = { id?: string; by?: string };

/** Updates: the caller learns whether the operation was accepted. The argument is the operation itself. */
export const UPDATES = [
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

/**
 * Update that asks whether a signal would be taken: it is always refused, and so leaves no trace. The refusal's type is
 * POSSIBLE, or says why not. (Not a query: an answer to one may split a workflow task in two, see Shell.#measure.)
 */
export const CHECK_UPDATE = 'check';
export const POSSIBLE = 'possible';

/** Query that answers the whole State, for people in the Temporal Web UI. */
export const STATE_QUERY = 'state';

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
};
