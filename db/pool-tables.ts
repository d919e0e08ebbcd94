import type { Generated } from 'kysely';
import type { Dated, JsonText } from './columns';

/** Orion's side of the inventory, and what can be done to hosts. */
export interface PoolTables {
  clusters: Named & { biz: Generated<string> };
  services: Named & { cluster_id: number; service_type: Generated<string>; docker_image: string };
  pools: PoolTable;
  pool_hosts: PoolHostTable;
  actions: Named & { parameters: JsonText<Record<string, string>> };
  action_implementations: ActionImplementationTable;
  remote_steps: Named;
  remote_step_actions: { remote_step_id: number; place: number; action_id: number };
  rollout_templates: Named;
  rollout_template_steps: RolloutTemplateStepTable;
}

/** What has a name of its own in its project. */
interface Named extends Dated {
  id: Generated<number>;
  project_id: number;
  name: string;
  description: Generated<string>;
}

interface PoolTable extends Named {
  service_id: number;
  /** What its provider makes, and where it registers hosts; 0: nothing. */
  vm_type: Generated<number>;
  sd_id: Generated<number>;
  /** Ids of rollout templates, which need not be there; 0: none. */
  expand_template: Generated<number>;
  shrink_template: Generated<number>;
  deploy_template: Generated<number>;
  /** Its hosts are that module's. */
  module_id: number | null;
  ssh_profile_id: number | null;
}

/** A host in the one pool that it may be in. */
interface PoolHostTable extends Dated {
  host_id: number;
  pool_id: number;
  /** 0: new; 2: its last rollout has ended well on it; 3: it has not. */
  status: Generated<number>;
  /** Who has asked for it: `manual`, `crontab`. */
  node_type: Generated<string>;
  /** Nobody but the pool has said that it is there. */
  is_made: Generated<boolean>;
}

interface ActionImplementationTable extends Dated {
  id: Generated<number>;
  action_id: number;
  type: string;
  /** As it was sent. */
  template: JsonText;
  /** What runs the script, in which parameters are variables. */
  interpreter: string;
  script: string;
}

interface RolloutTemplateStepTable {
  template_id: number;
  place: number;
  /** Of a built-in step; of a remote step it is that one's. */
  name: string;
  remote_step_id: number | null;
  values: JsonText<Record<string, unknown>>;
  retry_times: Generated<number>;
  ignore_error: Generated<boolean>;
}
