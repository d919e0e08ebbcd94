import { stringifyJson } from '../../base/json';
import { isJsonObject, type Json } from '../json';
import { compileCondition, conditionFault } from '../language/condition';
import { patternFaults } from '../language/patterns-in';
import { unsupportedPatterns } from '../language/python/regex/literals';
import { bareName } from '../names';
import { definitionValue } from '../variable-types';
import { isParameter } from './constants';
import { entriesOf, flowIds, own } from './own';
import { joinPath, type Problem } from './problem';
import type { Activity, Gateway, PipelineTree } from './types';

/** Whether a tree has a variable of a name. */
type Variables = (name: string) => boolean;

/** A value that is rendered, and where it stands. */
interface Rendered {
  value: Json;
  what: string;
  path: string[];
  nodeId?: string;
  /** Those that it may name. */
  variables: Variables;
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
  const variables = variablesOf(tree);
  const given = parent && variablesOf(parent);
  const constants = renderedConstants(tree, variables, given).filter(({ path }) => !only || only.includes(path[1]!));
  if (only) return constants.flatMap(problemsOf);
  const inputs = Object.entries(tree.activities).flatMap(([id, activity]) => renderedInputs(id, activity, variables));
  const conditions = Object.entries(tree.gateways).flatMap(([id, gateway]) =>
    conditionProblems(id, gateway, variables),
  );
  return [...[...constants, ...inputs].flatMap(problemsOf), ...conditions];
}

function problemsOf({ value, what, path, nodeId, variables }: Rendered): Problem[] {
  return patternFaults(value, variables).map((fault) => problem(`${what}: ${fault}`, path, nodeId));
}

function problem(message: string, path: readonly string[], nodeId?: string): Problem {
  const node = nodeId === undefined ? {} : { nodeId };
  return { stage: 'consistency', kind: 'consistency', ...node, path: joinPath(path), message };
}

/**
 * What a subprocess is given is rendered in its parent.
 *
 * @param parents the variables of the parent; absent: there is none
 */
function renderedConstants({ constants }: PipelineTree, inner: Variables, parents: Variables | undefined): Rendered[] {
  return Object.entries(constants).flatMap(([key, constant]): Rendered[] => {
    if (constant.source_type === 'component_outputs') return [];
    const given = isParameter(constant) ? parents : undefined;
    if (given && constant.need_render === false) return [];
    const found = { what: `constant ${key}`, path: ['constants', key], variables: given ?? inner };
    return [{ value: definitionValue(constant), ...found }];
  });
}

function renderedInputs(nodeId: string, activity: Activity, variables: Variables): Rendered[] {
  const what = named('activity', nodeId, activity);
  const at = ['activities', nodeId];
  if (activity.type === 'ServiceActivity') {
    return Object.entries(activity.component?.data ?? {}).flatMap(([name, { value, need_render }]): Rendered[] => {
      if (need_render === false) return [];
      return [{ value, what: `${what}, input ${name}`, path: [...at, 'component', 'data', name], nodeId, variables }];
    });
  }
  // Of a template that is not unfolded yet.
  return entriesOf(activity.pipeline ? undefined : activity.constants).flatMap(([key, given]): Rendered[] => {
    if (!isJsonObject(given) || given.value === undefined || given.need_render === false) return [];
    return [
      { value: given.value, what: `${what}, constant ${key}`, path: [...at, 'constants', key], nodeId, variables },
    ];
  });
}

/** Values that are known to a tree by name: its constants, what loops gather, and the system's. */
function variablesOf({ activities, constants }: PipelineTree): Variables {
  // Few trees have a fragment for which that is asked.
  let gathered: Set<string> | undefined;
  return (name) => {
    if (name.startsWith('_') || Object.hasOwn(constants, `\${${name}}`)) return true;
    gathered ??= gatheredNames(activities);
    return gathered.has(name);
  };
}

function gatheredNames(activities: PipelineTree['activities']): Set<string> {
  const names = new Set<string>();
  for (const activity of Object.values(activities)) {
    const loop = activity.type === 'ServiceActivity' ? activity.loop_config : undefined;
    if (loop?.enable) names.add(bareName(loop.outputs_key ?? 'outputs'));
  }
  return names;
}

function conditionProblems(id: string, gateway: Gateway, variables: Variables): Problem[] {
  if (gateway.type !== 'ExclusiveGateway' && gateway.type !== 'ConditionalParallelGateway') return [];
  const fallback = gateway.default_condition?.flow_id;
  return flowIds(gateway.outgoing).flatMap((flow) => {
    const evaluate = own(gateway.conditions, flow)?.evaluate;
    // That one is missing is said elsewhere.
    if (evaluate === undefined || flow === fallback) return [];
    const quoted = evaluate.length > MAX_QUOTED ? `${evaluate.slice(0, MAX_QUOTED)}…` : evaluate;
    const where = `${named('gateway', id, gateway)}, flow ${flow}: the condition ${stringifyJson(quoted)}`;
    const path = ['gateways', id, 'conditions', flow, 'evaluate'];
    return conditionFaults(evaluate, gateway, variables).map((fault) => problem(`${where}: ${fault}`, path, id));
  });
}

function conditionFaults(evaluate: string, { extra_info }: Gateway, variables: Variables): string[] {
  try {
    // Null counts as absent.
    const condition = compileCondition(evaluate, extra_info?.parse_lang ?? undefined);
    const fault = conditionFault(condition);
    if (fault !== undefined) return [fault];
    if (condition.lang === 'boolrule') return patternFaults(evaluate, variables);
    return unsupportedPatterns(condition.expression, variables);
  } catch (error) {
    if ((error as Error).name !== 'ConditionError') throw error;
    return [(error as Error).message];
  }
}

function named(kind: string, id: string, { name }: { name: string }): string {
  return name === '' || name === id ? `${kind} ${id}` : `${kind} ${id} (${name})`;
}
