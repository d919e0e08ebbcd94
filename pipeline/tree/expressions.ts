import { stringifyJson } from '../../base/json';
import { isJsonObject, type Json } from '../json';
import { compileCondition, conditionFault } from '../language/condition';
import { patternFaults } from '../language/patterns-in';
import { unsupportedPatterns } from '../language/regex/literals';
import { bareName } from '../names';
import { definitionValue } from '../variable-types';
import { isParameter } from './constants';
import { entriesOf, flowIds, own } from './own';
import { joinPath, type Problem } from './problem';
import type { Activity, Gateway, PipelineTree } from './types';

/** A value that is rendered, and where it stands. */
interface Place {
  value: Json;
  what: string;
  path: string[];
  nodeId?: string;
  /** The tree whose variables it may name. */
  scope: PipelineTree;
}

const MAX_QUOTED = 120;

/**
 * Expressions that can never be evaluated here, and conditions that can never be read: they would fail their node once it is
 * reached. One tree, without those nested in it.
 *
 * @param parent the tree around it
 * @param only the constants to be looked at; absent: all of the tree
 */
export function expressionProblems(
  tree: PipelineTree,
  { parent, only }: { parent?: PipelineTree | undefined; only?: readonly string[] | undefined },
): Problem[] {
  const constants = placesOfConstants(tree, parent).filter(({ path }) => !only || only.includes(path[1]!));
  if (only) return constants.flatMap(problemsOf);
  const inputs = Object.entries(tree.activities).flatMap(([id, activity]) => placesOfActivity(tree, id, activity));
  const conditions = Object.entries(tree.gateways).flatMap(([id, gateway]) => conditionProblems(tree, id, gateway));
  return [...[...constants, ...inputs].flatMap(problemsOf), ...conditions];
}

function problemsOf({ value, what, path, nodeId, scope }: Place): Problem[] {
  return patternFaults(value, variablesOf(scope)).map((fault) => problem(`${what}: ${fault}`, path, nodeId));
}

function problem(message: string, path: readonly string[], nodeId?: string): Problem {
  const node = nodeId === undefined ? {} : { nodeId };
  return { stage: 'consistency', kind: 'consistency', ...node, path: joinPath(path), message };
}

/** What a subprocess is given is rendered in its parent. */
function placesOfConstants(tree: PipelineTree, parent: PipelineTree | undefined): Place[] {
  return Object.entries(tree.constants).flatMap(([key, constant]): Place[] => {
    if (constant.source_type === 'component_outputs') return [];
    const isGiven = parent !== undefined && isParameter(constant);
    if (isGiven && constant.need_render === false) return [];
    const scope = isGiven ? parent : tree;
    return [{ value: definitionValue(constant), what: `constant ${key}`, path: ['constants', key], scope }];
  });
}

function placesOfActivity(scope: PipelineTree, nodeId: string, activity: Activity): Place[] {
  const what = named('activity', nodeId, activity);
  const at = ['activities', nodeId];
  if (activity.type === 'ServiceActivity') {
    return Object.entries(activity.component?.data ?? {}).flatMap(([name, { value, need_render }]): Place[] => {
      if (need_render === false) return [];
      return [{ value, what: `${what}, input ${name}`, path: [...at, 'component', 'data', name], nodeId, scope }];
    });
  }
  // Of a template that is not unfolded yet.
  return entriesOf(activity.pipeline ? undefined : activity.constants).flatMap(([key, given]): Place[] => {
    if (!isJsonObject(given) || given.value === undefined || given.need_render === false) return [];
    return [{ value: given.value, what: `${what}, constant ${key}`, path: [...at, 'constants', key], nodeId, scope }];
  });
}

/** Values that are known to a tree by name: its constants, what loops gather, and the system's. */
function variablesOf(tree: PipelineTree): (name: string) => boolean {
  const gathered = Object.values(tree.activities).flatMap((activity) =>
    activity.type === 'ServiceActivity' && activity.loop_config?.enable
      ? [bareName(activity.loop_config.outputs_key ?? 'outputs')]
      : [],
  );
  return (name) => name.startsWith('_') || Object.hasOwn(tree.constants, `\${${name}}`) || gathered.includes(name);
}

function conditionProblems(tree: PipelineTree, id: string, gateway: Gateway): Problem[] {
  if (gateway.type !== 'ExclusiveGateway' && gateway.type !== 'ConditionalParallelGateway') return [];
  const fallback = gateway.default_condition?.flow_id;
  return flowIds(gateway.outgoing).flatMap((flow) => {
    const evaluate = own(gateway.conditions, flow)?.evaluate;
    // That one is missing is said elsewhere.
    if (evaluate === undefined || flow === fallback) return [];
    const quoted = evaluate.length > MAX_QUOTED ? `${evaluate.slice(0, MAX_QUOTED)}…` : evaluate;
    const where = `${named('gateway', id, gateway)}, flow ${flow}: the condition ${stringifyJson(quoted)}`;
    const path = ['gateways', id, 'conditions', flow, 'evaluate'];
    return conditionFaults(tree, evaluate, gateway).map((fault) => problem(`${where}: ${fault}`, path, id));
  });
}

function conditionFaults(tree: PipelineTree, evaluate: string, { extra_info }: Gateway): string[] {
  try {
    // Null counts as absent.
    const condition = compileCondition(evaluate, extra_info?.parse_lang ?? undefined);
    const fault = conditionFault(condition);
    if (fault !== undefined) return [fault];
    return condition.lang === 'expr'
      ? unsupportedPatterns(condition.expression)
      : patternFaults(evaluate, variablesOf(tree));
  } catch (error) {
    if ((error as Error).name !== 'ConditionError') throw error;
    return [(error as Error).message];
  }
}

function named(kind: string, id: string, { name }: { name: string }): string {
  return name === '' || name === id ? `${kind} ${id}` : `${kind} ${id} (${name})`;
}
