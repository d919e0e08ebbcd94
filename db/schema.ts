import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Dated, JsonText } from './columns';
import type { FlowTables } from './flow-tables';
import type { HostRunStatus, HostStepKind } from './host-statuses';
import type { PoolScheduleTables } from './pool-schedule-tables';
import type { PoolTables } from './pool-tables';
import type { ProviderTables } from './provider-tables';

export type { HostRunStatus, HostStepKind };

/** Postgres' integers end here: no id and no count in a column is larger. */
export const MAX_INTEGER = 2 ** 31 - 1;

/** The tables, as the migrations leave them. */
export interface Database extends PoolTables, PoolScheduleTables, FlowTables, ProviderTables {
  installation: {
    only_row: Generated<boolean>;
    name: string;
    /** Signs the tokens of users. */
    token_key: Generated<string>;
    created_at: Generated<Date>;
    /** Since when secrets are sealed for their project, and the last task from before. */
    secrets_placed_at: Generated<Date>;
    last_unplaced_task: Generated<number>;
  };
  projects: ProjectTable;
  apps: AppTable;
  project_roles: { project_id: number; username: string; role: Role };
  project_constants: { project_id: number; key: string; value: string; description: Generated<string> };
  audit_records: AuditTable;
  users: { name: string; created_at: Generated<Date> };
  tasks: TaskTable;
  task_trees: { task_id: number; tree: JsonText };
  task_programs: { task_id: number; program: JsonText };
  node_executions: NodeExecutionTable;
  function_tasks: FunctionTaskTable;
  callbacks: NoticeTable;
  idempotency_keys: {
    app_code: string;
    username: string;
    project_id: number;
    key: string;
    request_hash: string;
    /** What the request made, where that is a task. */
    task_id: number | null;
    /** What it was answered, where it made no task. */
    answer: ColumnType<unknown, string | undefined, string>;
    created_at: Generated<Date>;
  };
  templates: TemplateTable;
  template_versions: TemplateVersionTable;
  template_schemes: { id: Generated<number>; template_id: number; name: string; node_ids: JsonText<string[]> };
  labels: {
    id: Generated<number>;
    project_id: number;
    name: string;
    color: Generated<string>;
    description: Generated<string>;
  };
  template_labels: { template_id: number; label_id: number };
  periodic_tasks: PeriodicTaskTable;
  clocked_tasks: ClockedTaskTable;
  launches: {
    schedule: string;
    nominal_at: Date;
    /** `waiting` for the task before to end; `creating` the task; the others do not change, but `launched` to `failed`. */
    state: LaunchState;
    task_id: number | null;
    ex_data: Generated<string>;
    created_at: Generated<Date>;
  };
  businesses: BusinessTable;
  sets: SetTable;
  modules: ModuleTable;
  clouds: { supplier_account: string; id: Generated<number>; name: string; ssh_profile_id: Generated<number | null> };
  hosts: HostTable;
  host_tags: { host_id: number; tag: string };
  host_variables: { host_id: number; name: string; value: string };
  module_hosts: { module_id: number; host_id: number };
  host_groups: {
    id: Generated<number>;
    project_id: number;
    name: string;
    selector: JsonText;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  credentials: CredentialTable;
  ssh_profiles: SshProfileTable;
  accounts: AccountTable;
  host_keys: HostKeyTable;
  host_steps: HostStepTable;
  host_runs: HostRunTable;
  /** Hosts on which a run is under way whose step shares them with no other. */
  host_locks: { host_id: number; run_id: string };
  /** What runs have written, masked. `at_byte` counts the bytes that are kept. */
  host_logs: { run_id: string; at_byte: string; bytes: Buffer; written_at: Generated<Date> };
  /** What a host has said of itself. */
  host_facts: { host_id: number; facts: JsonText; seen_at: Generated<Date> };
  processes: ProcessTable;
  /** Bound to every module of that name in the business. */
  process_bindings: { process_id: number; business_id: number; module_name: string };
}

export type LaunchState = 'waiting' | 'creating' | 'launched' | 'skipped' | 'failed';

/** What a user may do in a project; each includes the ones before. */
export type Role = 'viewer' | 'operator' | 'editor' | 'admin';

interface AppTable {
  code: string;
  secret_hash: string;
  /** May name any user, and answers for what they may do. */
  trusted: Generated<boolean>;
  /** Null: the installation's limit. */
  requests_per_second: number | null;
  max_body_bytes: number | null;
  created_at: Generated<Date>;
}

/** Who did what; written with what was done. */
interface AuditTable {
  id: Generated<string>;
  at: Generated<Date>;
  project_id: number | null;
  app_code: string;
  username: string;
  action: string;
  source: Generated<string>;
  task_id: number | null;
  node_id: string | null;
  object: Generated<string>;
  detail: JsonText | null;
  /** Of an operation, which may come again; unique in its task. */
  operation_id: string | null;
}

interface FunctionTaskTable {
  id: Generated<number>;
  task_id: number;
  creator: string;
  created_at: Generated<Date>;
  claimant: Generated<string>;
  claimed_at: Date | null;
  status: Generated<string>;
}

/** Notices to a task's callback_url, delivered until they are heard. */
interface NoticeTable {
  id: Generated<string>;
  task_id: number;
  event: string;
  url: string;
  body: JsonText<Record<string, unknown>>;
  status: Generated<'ready' | 'success' | 'fail'>;
  attempts: Generated<number>;
  next_at: Generated<Date>;
  error: Generated<string>;
  created_at: Generated<Date>;
}

interface TemplateTable {
  id: Generated<number>;
  /** Null for common templates. */
  project_id: number | null;
  name: string;
  description: Generated<string>;
  category: Generated<string>;
  /** The newest one. */
  version: number;
  notify_type: JsonText<{ success: string[]; fail: string[] }>;
  notify_receivers: JsonText<Record<string, unknown>>;
  /** Minutes. */
  timeout: Generated<number>;
  default_flow_type: Generated<string>;
  executor_proxy: Generated<string>;
  creator: string;
  created_at: Generated<Date>;
  editor: string;
  edited_at: Generated<Date>;
  is_deleted: Generated<boolean>;
  /** What the file that it was imported from called it; null: it was made here. */
  origin: string | null;
}

interface TemplateVersionTable {
  template_id: number;
  version: number;
  /** md5 of the tree: what clients call the version. */
  digest: string;
  tree: JsonText;
  changes: JsonText;
  creator: string;
  created_at: Generated<Date>;
}

interface ScheduleColumns {
  id: Generated<number>;
  project_id: number;
  template_id: number;
  creator: string;
  created_at: Generated<Date>;
  editor: string;
  edited_at: Generated<Date>;
  is_deleted: Generated<boolean>;
  /** Counts changes of the row. */
  revision: Generated<number>;
  /** Of the last change that reached Temporal. */
  synced_revision: Generated<number>;
}

interface PeriodicTaskTable extends ScheduleColumns {
  template_source: string;
  template_version: number;
  name: string;
  cron: JsonText<Record<string, string>>;
  time_zone: string;
  overlap: string;
  catchup_seconds: number;
  enabled: Generated<boolean>;
  tree: JsonText;
  last_run_at: Date | null;
  total_run_count: Generated<number>;
  /** When it was last changed, or paused on the server: what was due before is not made up for. */
  due_since: Generated<Date>;
}

interface ClockedTaskTable extends ScheduleColumns {
  template_name: string;
  task_name: string;
  task_parameters: JsonText<Record<string, unknown>>;
  plan_start_time: Date;
  catchup_seconds: number;
  state: Generated<'not_started' | 'started' | 'start_failed'>;
  task_id: number | null;
  ex_data: Generated<string>;
}

interface ProjectTable {
  id: Generated<number>;
  name: string;
  bk_biz_id: number | null;
  from_cmdb: Generated<boolean>;
  time_zone: Generated<string>;
  executor_proxy: Generated<string>;
  is_disabled: Generated<boolean>;
  created_at: Generated<Date>;
}

/** What somebody may watch (`db/changes.ts`). */
interface Watched {
  /** The transaction that changed the row last, as the server counts them. */
  changed_xid: GeneratedAlways<string>;
}

/** Of exactly one project, which without one is disabled. */
interface BusinessTable extends Dated {
  id: Generated<number>;
  project_id: number;
  supplier_account: string;
  name: string;
  maintainer: Generated<string>;
  productor: Generated<string>;
  developer: Generated<string>;
  tester: Generated<string>;
  operator: Generated<string>;
  /** `1` in test, `2` in use, `3` no longer. */
  life_cycle: Generated<string>;
  /** `1` Chinese, `2` English. */
  language: Generated<string>;
}

interface SetTable extends Dated {
  id: Generated<number>;
  business_id: number;
  name: string;
  /** 1: the set of the idle modules. */
  kind: Generated<number>;
  /** `1` test, `2` trial, `3` production. */
  environment: Generated<string>;
  /** `1` open, `2` closed. */
  service_status: Generated<string>;
  capacity: number | null;
  summary: Generated<string>;
  description: Generated<string>;
}

interface ModuleTable extends Dated {
  id: Generated<number>;
  business_id: number;
  set_id: number;
  name: string;
  /** 1: of hosts that do nothing, 2: of hosts that are broken. */
  kind: Generated<number>;
  /** `1` ordinary, `2` database. */
  type: Generated<string>;
  operator: Generated<string>;
  backup_operator: Generated<string>;
  ssh_profile_id: Generated<number | null>;
}

interface HostTable extends Dated {
  id: Generated<number>;
  supplier_account: string;
  cloud_id: Generated<number>;
  /** An IP address or a DNS name, as `canonicalAddress` writes it; null until it is known. */
  address: string | null;
  /** Null: in the resource pool. */
  project_id: number | null;
  name: Generated<string>;
  outer_address: Generated<string>;
  os_name: Generated<string>;
  operator: Generated<string>;
  backup_operator: Generated<string>;
  comment: Generated<string>;
  asset_id: Generated<string>;
  serial_number: Generated<string>;
  /** In maintenance. */
  is_disabled: Generated<boolean>;
  ssh_profile_id: Generated<number | null>;
  /** What its provider calls it; empty where there is none. */
  vm_id: Generated<string>;
  /** Who has made it; empty: people have. */
  provider: Generated<string>;
}

/** What opens a login; `secret` holds one sealed text: `password`, or `private_key`, which has no passphrase any more. */
interface CredentialTable extends Dated {
  id: Generated<number>;
  /** Null: the installation's. */
  project_id: number | null;
  name: string;
  kind: CredentialKind;
  /** Of a private key, as OpenSSH writes it without a comment; empty for a password. */
  public_key: Generated<string>;
  secret: JsonText;
  created_by: string;
  rotated_by: string;
  rotated_at: Generated<Date>;
}

export type CredentialKind = 'password' | 'private_key';

/** How hosts are reached: that of a host, else of a module that it is in, else of its project, cloud, the installation. */
interface SshProfileTable extends Dated {
  id: Generated<number>;
  /** Null: the installation's. */
  project_id: number | null;
  name: string;
  port: Generated<number>;
  /** Who logs in where no account is named. */
  login_user: Generated<string>;
  credential_id: number | null;
  /** The host over which the others are reached. */
  jump_host_id: number | null;
  connect_timeout_ms: Generated<number>;
  /** Null: in the user's home. */
  run_folder: string | null;
  host_key_policy: Generated<HostKeyPolicy>;
  /** Of its project, or of the installation. */
  is_default: Generated<boolean>;
}

/** `first_use` trusts the first key that a host shows which has none. */
export type HostKeyPolicy = 'strict' | 'first_use';

/** A name under which work is done on hosts of a project. */
interface AccountTable extends Dated {
  id: Generated<number>;
  project_id: number;
  alias: string;
  /** Of the hosts that it is for; null: of all that no other account of this alias is for. */
  host_tag: string | null;
  login_user: string;
  /** Null: that of the host's profile. */
  credential_id: number | null;
  become_user: string | null;
  /** The least role of those in whose name it is used. */
  min_role: Generated<Role>;
}

/** A key that a host is known by, or was until it was revoked. */
interface HostKeyTable {
  id: Generated<number>;
  host_id: number;
  /** As `ssh-ed25519`. */
  type: string;
  /** Base64 of the key as ssh sends it. */
  key: string;
  /** `SHA256:...`, as OpenSSH writes it. */
  fingerprint: string;
  source: HostKeySource;
  added_by: string;
  added_at: Generated<Date>;
  revoked_by: string | null;
  revoked_at: Date | null;
}

/** What one attempt of a node does on hosts, all at once. */
interface HostStepTable extends Watched {
  id: Generated<number>;
  project_id: number;
  task_id: number;
  node_id: string;
  loop: number;
  retry: number;
  /** Of the steps that one attempt takes, from 1. */
  ordinal: number;
  /** Of what is done on each host: whoever has done that need not do it again. */
  work_hash: string;
  account: string | null;
  /** Of one run. */
  timeout_seconds: number;
  concurrency: number;
  /** When more than so many have failed no further one is begun; null: all are run. */
  max_failed: number | null;
  /** Tries of one host after the first one. */
  retries: Generated<number>;
  retry_wait_seconds: Generated<number>;
  /** It works on no host on which another such step does. */
  locks_hosts: Generated<boolean>;
  parts: number;
  /** Hosts that have failed, were unreachable or are lost. */
  failed: Generated<number>;
  /** Rounds in which a part has crashed, and the last of them. */
  crashes: Generated<number>;
  crashed_round: Generated<number>;
  /** What is done for its hosts; only a script reaches them. */
  kind: Generated<HostStepKind>;
  /** Nothing is begun after it. */
  deadline: Date | null;
  /** Of a rollout: which one, and which of its steps. */
  flow_id: number | null;
  flow_step: number | null;
  created_at: Generated<Date>;
}

/** A step on one host. */
interface HostRunTable extends Watched {
  id: Generated<string>;
  step_id: number;
  /** Null: the host is deleted. */
  host_id: number | null;
  address: string;
  name: string;
  place: number;
  /** The part that has claimed it. */
  part: number | null;
  status: Generated<HostRunStatus>;
  host_try: Generated<number>;
  /** Of a run that has begun before: nothing of this try was sent yet, and it begins then. */
  try_at: Date | null;
  from_run: string | null;
  exit_code: number | null;
  reason: Generated<string>;
  read_bytes: Generated<string>;
  log_bytes: Generated<string>;
  is_log_cut: Generated<boolean>;
  /** The log says values that the script reports. */
  has_values: Generated<boolean>;
  started_at: Date | null;
  reached_at: Date | null;
  ended_at: Date | null;
  /** Since when it waits for its host, on which another step works, and when it was last asked for. */
  lock_asked_at: Date | null;
  lock_seen_at: Date | null;
  /** Of a lost run: till then its host is asked how it ended. */
  ask_until: Date | null;
  /** How it did end on its host, after it was lost. */
  late_status: HostRunStatus | null;
  late_exit_code: number | null;
  late_at: Date | null;
  /** Somebody has ended it, and nothing else of its step. */
  is_unwanted: Generated<boolean>;
}

export type HostKeySource = 'scan' | 'given' | 'provider' | 'first_use';

interface ProcessTable extends Dated {
  id: Generated<number>;
  business_id: number;
  name: string;
  description: Generated<string>;
  /** `1` 127.0.0.1, `2` 0.0.0.0, `3` the first inner address, `4` the first outer one. */
  bind_ip: string | null;
  /** Ports and ranges of them, separated by commas. */
  port: Generated<string>;
  /** `1` TCP, `2` UDP. */
  protocol: string | null;
  function_id: Generated<string>;
  function_name: Generated<string>;
  work_path: Generated<string>;
  os_user: Generated<string>;
  instance_count: number | null;
  priority: number | null;
  /** Seconds. */
  timeout: number | null;
  start_command: Generated<string>;
  stop_command: Generated<string>;
  restart_command: Generated<string>;
  force_stop_command: Generated<string>;
  reload_command: Generated<string>;
  pid_file: Generated<string>;
  auto_start: Generated<boolean>;
  /** Seconds. */
  auto_start_interval: number | null;
  start_pattern: Generated<string>;
}

/** `starting`: the row says so before the workflow exists, and a reconciler repairs what stays there. */
export type TaskPhase = 'created' | 'starting' | 'running' | 'ended';

interface TaskTable extends Watched {
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
  template_version: number | null;
  /** What made the task, where that is not a person: the id of the periodic or clocked task. */
  create_info: Generated<string>;
  executor_proxy: Generated<string>;
  is_deleted: Generated<boolean>;
  callback_url: string | null;
  callback_version: string | null;
  /** Of the Temporal namespace that its workflow was started in; null: not known. */
  namespace_mark: string | null;
  /** Why it was ended by other than itself. */
  end_reason: string | null;
  /** Its workflow could not be run, and was ended for that. */
  put_aside: Generated<boolean>;
  /** The task where this one goes on, and how. */
  again_of: number | null;
  again: JsonText<Record<string, unknown> | null> | null;
  /** The name in lower case, for searching. */
  search_name: GeneratedAlways<string>;
}

/** One attempt of a node: its retry number counts within a round of a loop. */
interface NodeExecutionTable extends Watched {
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
