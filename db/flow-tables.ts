import type { Generated } from 'kysely';
import type { Dated, JsonText } from './columns';
import type { HostRunStatus } from './host-statuses';

/** Flows: what a rollout is to do, on which hosts, in which batches, and how far it is. */
export interface FlowTables {
  flows: FlowTable;
  /** Of each task that a flow ever had. */
  flow_tasks: {
    flow_id: number;
    task_id: number;
    /** Its nodes in the task, and the one of them in which somebody lets the next batch begin. */
    node_ids: string[];
    gate_node: string;
  };
  flow_needs: FlowNeedTable;
  flow_steps: FlowStepTable;
  flow_batches: FlowBatchTable;
  flow_hosts: FlowHostTable;
  flow_logs: {
    id: Generated<string>;
    flow_id: number;
    /** 0: of the flow. */
    batch: Generated<number>;
    message: string;
    created_at: Generated<Date>;
  };
  /** One rollout a pool at a time: the end of its task takes the row away. */
  pool_locks: { pool_id: number; flow_id: number; task_id: number; taken_at: Generated<Date> };
}

/** What is done with a pool: `run` is a template over hosts that somebody has named. */
export type FlowKind = 'run' | 'deploy' | 'expand' | 'shrink';

/** Why there is a flow. */
export type FlowOrigin = 'manual' | 'crontab' | 'depend';

/** 0: to come; 1: under way; 2: done; 3: failed; 4: ended early, or paused. */
export type FlowState = 0 | 1 | 2 | 3 | 4;

interface FlowTable extends Dated {
  id: Generated<number>;
  project_id: number;
  pool_id: number | null;
  /** As they were. */
  pool_name: string;
  template_id: number | null;
  template_name: string;
  name: string;
  kind: FlowKind;
  origin: Generated<FlowOrigin>;
  batch_size: number;
  /** Of one batch; null: as long as it takes. */
  batch_seconds: number | null;
  /** Without it, there is a gate after each batch. */
  is_auto: Generated<boolean>;
  /** Between two batches. */
  soak_seconds: Generated<number>;
  /** Hosts of the flow that may fail; null: a batch goes on as long as one host survives. */
  max_failed: number | null;
  /** As it is shown. */
  operator: string;
  /** In whose name it is run, and the app that has asked for it. */
  username: Generated<string>;
  app_code: Generated<string>;
  /** In whose task it is run; null: in one of its own. */
  part_of: number | null;
  /** Since when it waits for its pool. */
  queued_at: Date | null;
  /** The one of now. */
  task_id: number | null;
  /** How it has ended, once its last batch is closed. */
  end_state: FlowState | null;
}

/** A flow that waits for another one before its last step (orion §8). */
interface FlowNeedTable {
  flow_id: number;
  needed_id: number;
  /** Hosts of the needed pool for each one of the pool of the flow. */
  ratio: number;
  /** After which a host of the needed flow counts; empty: its last one. */
  step_name: string;
  /** Hosts of the pool of the flow beside those of the flow. */
  own: number;
  /** Hosts of the needed pool beside those of the needed flow. */
  there: number;
}

/** A step as it was when its flow was made. */
interface FlowStepTable {
  flow_id: number;
  /** From 0. */
  number: number;
  name: string;
  type: 'remote' | 'vm' | 'sd' | 'local';
  values: JsonText<Record<string, unknown>>;
  retry_times: Generated<number>;
  ignore_error: Generated<boolean>;
  /** Of a remote step, in order. */
  scripts: JsonText<{ action: string; interpreter: string; script: string }[]>;
}

interface FlowBatchTable {
  flow_id: number;
  /** From 1. */
  number: number;
  state: Generated<FlowState>;
  /** The last one begun. */
  step: Generated<number>;
  /** Who has opened it, in which round of its loop. */
  task_id: number | null;
  loop: number | null;
  opened_at: Date | null;
  deadline: Date | null;
  closed_at: Date | null;
}

/** A host in a flow. */
interface FlowHostTable extends Dated {
  id: Generated<number>;
  flow_id: number;
  /** Null: the host is deleted. */
  host_id: number | null;
  /** As they were; empty: not known yet. */
  address: Generated<string>;
  vm_id: Generated<string>;
  place: number;
  batch: number;
  state: Generated<FlowState>;
  /** The step that it is at, or failed at. */
  step_number: Generated<number>;
  /** Its name; empty: none was begun. */
  step: Generated<string>;
  /** How its last step has ended on it; empty: none has. */
  outcome: Generated<HostRunStatus | ''>;
  reason: Generated<string>;
}
