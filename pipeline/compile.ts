import { stringifyJson } from '../base/json';
import type { Catalog } from './catalog';
import type { Json } from './json';
import { compileCondition } from './language/condition';
import { parseTemplate } from './language/template';
import { bareName } from './names';
import type {
  ActivityNode,
  Branch,
  ConditionalBranch,
  NodeInput,
  Program,
  ProgramNode,
  SubprocessNode,
  Variable,
} from './program';
import { isParameter } from './tree/constants';
import type { Constant, Gateway, PipelineTree, ServiceActivity, SubProcess } from './tree/types';
import { defineVariable } from './variable';
import { definitionValue, isTypedVariable, zonesOf } from './variable-types';

/** Upstream's limit (bk-sops §6.9): a node may run 101 times. */
export const DEFAULT_RERUN_LIMIT = 100;

const MAX_AUTO_RETRIES = 10;
const MAX_AUTO_RETRY_INTERVAL_S = 60;

/** Each is a table of years of offsets in the task's state. */
const MAX_ZONES = 20;

/** A tree that passed validation still asked for something that cannot run. */
export class CompileError extends Error {
  override name = 'CompileError';

  constructor(
    readonly nodeId: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Compiles a validated, canonical tree (ids replaced, `converge_gateway_id` written) into a program.
 *
 * @throws CompileError naming the node, when its plugin is unknown or a condition cannot be parsed
 */
export function compile(tree: PipelineTree, catalog: Catalog, options: { rerunLimit?: number } = {}): Program {
  const program: Program = { nodes: [], pipelines: [], rerunLimit: options.rerunLimit ?? DEFAULT_RERUN_LIMIT };
  const zones: string[] = [];
  const queue = [{ tree, owner: -1 }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const owner = program.nodes[next.owner];
    if (owner?.type === 'subprocess') owner.child = program.pipelines.length;
    queue.push(...new PipelineCompiler(program, next.tree, next.owner, catalog).compile());
    zones.push(...Object.values(next.tree.constants).flatMap(zonesOf));
  }
  if (zones.length > 0) program.zones = [...new Set(zones)].slice(0, MAX_ZONES);
  return program;
}

/** One pipeline of the tree: its nodes get consecutive indexes, its subprocesses are left to the caller's queue. */
class PipelineCompiler {
  readonly #pipeline: number;
  readonly #indexes = new Map<string, number>();
  readonly #exports = new Map<string, [field: string, variable: string][]>();
  readonly #children: { tree: PipelineTree; owner: number }[] = [];

  constructor(
    private readonly program: Program,
    private readonly tree: PipelineTree,
    private readonly owner: number,
    private readonly catalog: Catalog,
  ) {
    this.#pipeline = program.pipelines.length;
  }

  compile(): { tree: PipelineTree; owner: number }[] {
    const { tree, program } = this;
    const ids = [
      tree.start_event.id,
      ...Object.keys(tree.activities),
      ...Object.keys(tree.gateways),
      tree.end_event.id,
    ];
    ids.forEach((id, offset) => {
      this.#indexes.set(id, program.nodes.length + offset);
    });
    this.#collectExports();
    program.pipelines.push({
      owner: this.owner,
      start: this.#index(tree.start_event.id),
      size: ids.length,
      variables: compileVariables(tree.constants),
      outputs: tree.outputs,
    });
    for (const id of ids) program.nodes.push(this.#node(id));
    return this.#children;
  }

  #node(id: string): ProgramNode {
    const { tree } = this;
    const base = { id, pipeline: this.#pipeline };
    if (id === tree.start_event.id)
      return { ...base, name: '', type: 'start', next: this.#target(tree.start_event.outgoing) };
    if (id === tree.end_event.id) return { ...base, name: '', type: 'end' };
    const activity = tree.activities[id];
    if (activity) return activity.type === 'SubProcess' ? this.#subprocess(activity) : this.#activity(activity);
    return this.#gateway(tree.gateways[id]!);
  }

  #activity(node: ServiceActivity): ActivityNode {
    const { code, version = 'legacy', data } = node.component;
    const plugin = this.catalog(code, version);
    if (!plugin) throw new CompileError(node.id, `there is no plugin ${code} of version ${version}`);
    return {
      id: node.id,
      pipeline: this.#pipeline,
      name: node.name,
      type: 'activity',
      next: this.#target(node.outgoing),
      inputs: Object.fromEntries(
        Object.entries(data).map(([name, input]) => [name, compileInput(input.value, input.need_render)]),
      ),
      work: plugin.work,
      exports: this.#exports.get(node.id) ?? [],
      ignorable: node.error_ignorable ?? false,
      retryable: node.retryable ?? node.can_retry ?? true,
      skippable: node.error_ignorable ? true : (node.skippable ?? node.isSkipped ?? true),
      ...compileAutoRetry(node),
      ...compileTimeout(node),
      ...compileLoop(node),
      ...(node.executor_proxy ? { executor: node.executor_proxy } : {}),
    };
  }

  #subprocess(node: SubProcess): SubprocessNode {
    this.#children.push({ tree: node.pipeline, owner: this.#index(node.id) });
    const shown = Object.values(node.pipeline.constants).filter(isParameter);
    return {
      id: node.id,
      pipeline: this.#pipeline,
      name: node.name,
      type: 'subprocess',
      next: this.#target(node.outgoing),
      // Known when the child's turn comes.
      child: -1,
      params: shown.map((constant) => ({
        name: bareName(constant.key),
        input: compileInput(definitionValue(constant), constant.need_render),
        ...this.#paramType(node, constant),
      })),
      exports: this.#exports.get(node.id) ?? [],
    };
  }

  /** A parameter that is hooked to a constant of the parent was resolved there: not twice. */
  #paramType(node: SubProcess, { key, custom_type, value }: Constant): { type?: string } {
    if (!isTypedVariable(custom_type)) return {};
    const hooked = typeof value === 'string' ? ownConstant(this.tree, value) : undefined;
    const isResolved = hooked && (hooked.source_info?.[node.id]?.includes(key) || hooked.custom_type === custom_type);
    return isResolved ? {} : { type: custom_type };
  }

  #gateway(node: Gateway): ProgramNode {
    const base = { id: node.id, name: node.name, pipeline: this.#pipeline };
    const flows = [node.outgoing].flat();
    switch (node.type) {
      case 'ConvergeGateway':
        return { ...base, type: 'converge', next: this.#target(flows[0]!) };
      case 'ParallelGateway':
        return {
          ...base,
          type: 'parallel',
          branches: flows.map((flow) => this.#branch(flow)),
          converge: this.#converge(node),
        };
      case 'ExclusiveGateway':
        return { ...base, type: 'exclusive', ...this.#conditions(node, flows) };
      case 'ConditionalParallelGateway':
        return {
          ...base,
          type: 'conditional_parallel',
          ...this.#conditions(node, flows),
          converge: this.#converge(node),
        };
      default:
        throw new CompileError((node as Gateway).id, `unknown gateway type ${String((node as Gateway).type)}`);
    }
  }

  #conditions(node: Gateway, flows: string[]): { branches: ConditionalBranch[]; fallback?: Branch } {
    const fallback = node.default_condition?.flow_id;
    const branches = flows
      .filter((flow) => flow !== fallback)
      .map((flow) => {
        const evaluate = node.conditions?.[flow]?.evaluate;
        if (evaluate === undefined) throw new CompileError(node.id, `flow ${flow} has no condition`);
        return { ...this.#branch(flow), evaluate, condition: this.#condition(node, evaluate) };
      });
    return fallback === undefined ? { branches } : { branches, fallback: this.#branch(fallback) };
  }

  #condition(node: Gateway, evaluate: string): ConditionalBranch['condition'] {
    try {
      return compileCondition(evaluate, node.extra_info?.parse_lang);
    } catch (error) {
      throw new CompileError(node.id, `condition ${stringifyJson(evaluate)}: ${(error as Error).message}`);
    }
  }

  #branch(flow: string): Branch {
    return { flow, target: this.#target(flow) };
  }

  #converge(node: Gateway): number {
    return this.#index(node.converge_gateway_id ?? '');
  }

  #target(flow: string | string[]): number {
    return this.#index(this.tree.flows[[flow].flat()[0]!]?.target ?? '');
  }

  #index(id: string): number {
    const index = this.#indexes.get(id);
    if (index === undefined) throw new CompileError(id, `node ${stringifyJson(id)} is referred to but does not exist`);
    return index;
  }

  /** Only the first field of the first producing node counts (bk-sops §4.3). */
  #collectExports(): void {
    for (const constant of Object.values(this.tree.constants)) {
      if (constant.source_type !== 'component_outputs') continue;
      const [node, fields] = Object.entries(constant.source_info ?? {})[0] ?? [];
      const field = fields?.[0];
      if (node === undefined || field === undefined) continue;
      const exported = this.#exports.get(node) ?? [];
      exported.push([field, bareName(constant.key)]);
      this.#exports.set(node, exported);
    }
  }
}

function compileVariables(constants: Record<string, Constant>): Record<string, Variable> {
  return Object.fromEntries(
    Object.values(constants).map((constant) => [bareName(constant.key), compileVariable(constant)]),
  );
}

function compileVariable(constant: Constant): Variable {
  if (constant.source_type === 'component_outputs') return { kind: 'output' };
  const type = constant.source_type === 'component_inputs' ? undefined : constant.custom_type;
  const variable = defineVariable(definitionValue(constant), type);
  return constant.pre_render_mako && variable.kind !== 'plain' ? { ...variable, frozen: true } : variable;
}

function ownConstant({ constants }: PipelineTree, key: string): Constant | undefined {
  return Object.hasOwn(constants, key) ? constants[key] : undefined;
}

function compileInput(value: Json, needRender = true): NodeInput {
  return needRender ? { template: parseTemplate(value) } : { verbatim: value };
}

function compileAutoRetry({ auto_retry: retry }: ServiceActivity): Pick<ActivityNode, 'autoRetry'> {
  if (!retry?.enable) return {};
  const times = Math.min(Math.abs(toInt(retry.times, MAX_AUTO_RETRIES)), MAX_AUTO_RETRIES);
  const seconds = Math.min(Math.abs(toInt(retry.interval, 0)), MAX_AUTO_RETRY_INTERVAL_S);
  return { autoRetry: { times, intervalMs: seconds * 1000 } };
}

function compileTimeout({ timeout_config: timeout }: ServiceActivity): Pick<ActivityNode, 'timeout'> {
  const seconds = toInt(timeout?.seconds, 0);
  if (!timeout?.enable || seconds <= 0) return {};
  return { timeout: { ms: seconds * 1000, skip: timeout.action === 'forced_fail_and_skip' } };
}

function compileLoop({ loop_config: loop }: ServiceActivity): Pick<ActivityNode, 'loop'> {
  const times = toInt(loop?.loop_times, 0);
  if (!loop?.enable || times <= 0) return {};
  return { loop: { times, failSkip: loop.fail_skip ?? false, outputsKey: bareName(loop.outputs_key ?? 'outputs') } };
}

function toInt(value: unknown, fallback: number): number {
  const number = Number.parseInt(String(value), 10);
  return Number.isFinite(number) ? number : fallback;
}
