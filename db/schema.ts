import type { ColumnType, Generated } from 'kysely';

/** Postgres' integers end here: no id and no count in a column is larger. */
export const MAX_INTEGER = 2 ** 31 - 1;

/** Columns of type `json`: parsed when read, JSON text when written, so that the order of keys stays. */
type JsonText<T = unknown> = ColumnType<T, string, string>;

/** The tables, as the migrations leave them. */
export interface Database {
  installation: { only_row: Generated<boolean>; name: string; created_at: Generated<Date> };
  projects: ProjectTable;
  apps: { code: string; secret_hash: string; created_at: Generated<Date> };
  users: { name: string; created_at: Generated<Date> };
  tasks: TaskTable;
  task_trees: { task_id: number; tree: JsonText };
  task_programs: { task_id: number; program: JsonText };
  node_executions: NodeExecutionTable;
}

interface ProjectTable {
  id: Generated<number>;
  name: string;
  bk_biz_id: number | null;
  from_cmdb: Generated<boolean>;
  time_zone: Generated<string>;
  created_at: Generated<Date>;
}

/** `starting`: the row says so before the workflow exists, and a reconciler repairs what stays there. */
export type TaskPhase = 'created' | 'starting' | 'running' | 'ended';

interface TaskTable {
  id: Generated<number>;
  project_id: number;
  name: string;
  description: string;
  category: string;
  flow_type: string;
  current_flow: string;
  create_method: string;
  template_id: string | null;
  template_source: string;
  root_node_id: string;
  creator: string;
  executor: string | null;
  created_at: Generated<Date>;
  phase: Generated<TaskPhase>;
  starts_paused: Generated<boolean>;
  /** Raw state. */
  status: Generated<string>;
  /** State that people are shown. */
  shown: Generated<string>;
  /** Sequence number of the record that the row is as of. */
  seq: Generated<number>;
  started_at: Date | null;
  finished_at: Date | null;
  outputs: JsonText<Record<string, unknown> | null> | null;
}

/** One attempt of a node: its retry number counts within a round of a loop. */
interface NodeExecutionTable {
  task_id: number;
  node_id: string;
  loop: number;
  retry: number;
  inner_loop: number;
  seq: number;
  status: string;
  skip: Generated<boolean>;
  error_ignored: Generated<boolean>;
  started_at: Date | null;
  finished_at: Date | null;
  inputs: JsonText<Record<string, unknown>> | null;
  outputs: JsonText<Record<string, unknown>> | null;
  waiting_for: string | null;
  /** What the attempt's plugin keeps for when it has to begin again. */
  progress: JsonText | null;
}
