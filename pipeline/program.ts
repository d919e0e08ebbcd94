import type { BuiltinName } from './builtin';
import type { Json } from './json';
import type { Condition } from './language/condition';
import type { Template } from './language/template';

/**
 * What the machine interprets: every dialect compiles to it. Nodes and pipelines are referred to by index, all text is
 * parsed, and nothing that only a screen needs is in it. Plain JSON.
 */
export interface Program {
  nodes: ProgramNode[];
  /** Index 0 is the task itself, the others are inline subprocesses. */
  pipelines: ProgramPipeline[];
  /** A node entered for the (limit + 2)nd time fails (bk-sops §6.9). */
  rerunLimit: number;
  /** Time zones that variables mention by name: a starting task brings their offsets along. */
  zones?: string[];
}

export interface ProgramPipeline {
  /** The SubProcess node that runs this pipeline; -1 for the task itself. */
  owner: number;
  /** Index of the start event: the pipeline's nodes are the `size` ones from here on. */
  start: number;
  size: number;
  /** By bare name, without `${}`. */
  variables: Record<string, Variable>;
  /** Constant keys with `${}`: a key may be unknown, its own text is then its value (bk-sops §1.8). */
  outputs: string[];
}

/**
 * Where the value of a constant comes from (bk-sops §4.2). `frozen`: resolved once at the pipeline's start
 * (bk-sops §4.5).
 */
export type Variable =
  | { kind: 'plain'; value: Json }
  | { kind: 'template'; template: Template; frozen?: true }
  | { kind: 'typed'; type: string; template: Template; frozen?: true }
  | { kind: 'output' };

export type ProgramNode =
  | StartNode
  | EndNode
  | ActivityNode
  | SubprocessNode
  | ExclusiveNode
  | ParallelNode
  | ConditionalParallelNode
  | ConvergeNode;

interface NodeBase {
  id: string;
  name: string;
  /** Index of the pipeline that the node stands in. */
  pipeline: number;
}

export interface StartNode extends NodeBase {
  type: 'start';
  next: number;
}

export interface EndNode extends NodeBase {
  type: 'end';
}

export interface ActivityNode extends NodeBase {
  type: 'activity';
  next: number;
  inputs: Record<string, NodeInput>;
  work: Work;
  /** Output field to the variable (bare name) that takes its value (bk-sops §4.3). */
  exports: [field: string, variable: string][];
  ignorable: boolean;
  retryable: boolean;
  skippable: boolean;
  autoRetry?: { times: number; intervalMs: number };
  timeout?: { ms: number; skip: boolean };
  loop?: { times: number; failSkip: boolean; outputsKey: string };
  executor?: string;
}

/** `verbatim` inputs are handed over without rendering (`need_render: false`). */
export type NodeInput = { template: Template } | { verbatim: Json };

/** How an activity's work is done: by the machine itself, or by a plugin outside. */
export type Work = { kind: 'inline'; builtin: BuiltinName } | PluginWork;

export interface PluginWork {
  kind: 'plugin';
  code: string;
  version: string;
  effect: EffectRule;
  /** Longest time of one attempt. */
  timeoutMs: number;
  /** A worker that is silent for longer is taken for dead. */
  heartbeatMs: number;
  /**
   * Done within milliseconds and harmless to repeat: it runs inside the workflow task (docs/architecture.md, "A task's
   * way through the house").
   */
  quick?: true;
  /** An attempt is worked off in rounds (docs/architecture.md, "Work in rounds"). */
  rounds?: true;
}

/** What repeating a plugin's run would do (docs/architecture.md, "What repeating would do: effects"). */
export type Effect = 'none' | 'idempotent' | 'attachable' | 'once';

/** An effect, or one chosen by the rendered text of an input: data, because the machine cannot carry functions. */
export type EffectRule = Effect | { input: string; cases: Record<string, Effect>; otherwise: Effect };

export interface SubprocessNode extends NodeBase {
  type: 'subprocess';
  next: number;
  child: number;
  /** Shown constants of the child: rendered in the parent's context and set in the child's (bk-sops §6.2). */
  params: { name: string; input: NodeInput; type?: string }[];
  exports: [field: string, variable: string][];
}

export interface Branch {
  /** The id of the flow. */
  flow: string;
  target: number;
}

export interface ConditionalBranch extends Branch {
  condition: Condition;
  /** As written, for messages. */
  evaluate: string;
}

export interface ExclusiveNode extends NodeBase {
  type: 'exclusive';
  branches: ConditionalBranch[];
  fallback?: Branch;
}

export interface ConditionalParallelNode extends NodeBase {
  type: 'conditional_parallel';
  branches: ConditionalBranch[];
  fallback?: Branch;
  converge: number;
}

export interface ParallelNode extends NodeBase {
  type: 'parallel';
  branches: Branch[];
  converge: number;
}

export interface ConvergeNode extends NodeBase {
  type: 'converge';
  next: number;
}

/** Whether a node's plugin may work on hosts: those that work in rounds do. */
export function worksOnHosts(node: ProgramNode): boolean {
  return node.type === 'activity' && node.work.kind === 'plugin' && node.work.rounds === true;
}

/** Index of the node with this id, -1 when there is none. */
export function nodeIndex(program: Program, id: string): number {
  return program.nodes.findIndex((node) => node.id === id);
}
