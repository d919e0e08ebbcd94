import type { Json } from '../json';

/**
 * The web pipeline_tree as bk-sops clients send and read it (bk-sops §1), after normalisation:
 * `incoming` is always an array, the maps are always there. Unknown fields are kept and echoed.
 */
export interface PipelineTree {
  id?: string;
  start_event: EventNode;
  end_event: EventNode;
  activities: Record<string, Activity>;
  gateways: Record<string, Gateway>;
  flows: Record<string, Flow>;
  constants: Record<string, Constant>;
  outputs: string[];
  location?: Location[];
  line?: Line[];
}

/** `incoming` and `outgoing` hold flow ids; a string where the element has exactly one. */
export interface EventNode {
  id: string;
  type: 'EmptyStartEvent' | 'EmptyEndEvent';
  name: string;
  incoming: string | string[];
  outgoing: string | string[];
}

export interface Flow {
  id: string;
  source: string;
  target: string;
  is_default?: boolean;
}

export type Activity = ServiceActivity | SubProcess;

interface ActivityBase {
  id: string;
  name: string;
  incoming: string[];
  outgoing: string;
  optional?: boolean;
  stage_name?: string;
  /** The submitted id: the stable link between a client's tree and the replaced ids (bk-sops §3.1). */
  template_node_id?: string;
  error_ignorable?: boolean;
  retryable?: boolean;
  skippable?: boolean;
  can_retry?: boolean;
  isSkipped?: boolean;
}

export interface ServiceActivity extends ActivityBase {
  type: 'ServiceActivity';
  component: { code: string; version?: string; data: Record<string, ComponentInput> };
  auto_retry?: { enable?: boolean; interval?: number; times?: number };
  timeout_config?: { enable?: boolean; seconds?: number; action?: 'forced_fail' | 'forced_fail_and_skip' };
  loop_config?: { enable?: boolean; loop_times?: number; fail_skip?: boolean; outputs_key?: string };
  executor_proxy?: string;
}

export interface SubProcess extends ActivityBase {
  type: 'SubProcess';
  template_id?: string | number;
  /** What the parent gives for constants of the template; gone once the tree is unfolded (bk-sops §1.4). */
  constants?: Json;
  /** The template and the digest of the version that was unfolded. */
  original_template_id?: string;
  original_template_version?: string;
  /** The unfolded nested tree; its `id` equals the activity's. */
  pipeline: PipelineTree;
}

export interface ComponentInput {
  hook: boolean;
  value: Json;
  need_render?: boolean;
  is_param?: boolean;
}

export type GatewayType = 'ParallelGateway' | 'ExclusiveGateway' | 'ConditionalParallelGateway' | 'ConvergeGateway';

export interface Gateway {
  id: string;
  type: GatewayType;
  name: string;
  incoming: string[];
  outgoing: string | string[];
  /** Exclusive and conditional parallel gateways: outgoing flow id to its condition. */
  conditions?: Record<string, { evaluate: string; name?: string; tag?: string }>;
  default_condition?: { flow_id: string; name?: string };
  /** Written by validation on every gateway that has a matching converge. */
  converge_gateway_id?: string;
  extra_info?: { parse_lang?: 'boolrule' | 'expr'; [key: string]: Json | undefined };
}

export interface Constant {
  key: string;
  name?: string;
  index?: number;
  desc?: string;
  value?: Json;
  source_type?: 'custom' | 'component_inputs' | 'component_outputs' | 'system';
  custom_type?: string;
  source_tag?: string;
  /** Node id to the fields that use it (component_inputs) or produce it (component_outputs: first field of the first node). */
  source_info?: Record<string, string[]>;
  show_type?: 'show' | 'hide';
  validation?: string;
  is_meta?: boolean;
  meta?: Json;
  need_render?: boolean;
  pre_render_mako?: boolean;
}

export interface Location {
  id: string;
  type: string;
  x: number;
  y: number;
  name?: string;
  stage_name?: string;
}

export interface Line {
  id: string;
  source: { id: string; arrow: string };
  target: { id: string; arrow: string };
}
