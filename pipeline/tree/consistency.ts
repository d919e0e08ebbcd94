import type { Json } from '../json';
import { parseTemplate, templateReferences } from '../language/template';
import { circularConstants } from './constants';
import { flowIds, own } from './own';
import type { Problem } from './problem';
import type { Gateway, PipelineTree } from './types';

const WORD = /^\w+$/;

/**
 * What upstream lets pass and stumbles over later (spec, marks "BETTER"): references that disagree, ids that are not
 * their keys, branches without a condition, activities without a plugin, constants that circle through expressions.
 */
export function consistencyProblems(tree: PipelineTree): Problem[] {
  return [
    ...idProblems(tree),
    ...flowProblems(tree),
    ...activityProblems(tree),
    ...gatewayProblems(tree),
    ...constantProblems(tree),
  ];
}

function problem(nodeId: string | undefined, message: string): Problem {
  return { stage: 'consistency', kind: 'consistency', ...(nodeId === undefined ? {} : { nodeId }), message };
}

function idProblems(tree: PipelineTree): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const check = (key: string, id: string) => {
    if (key !== id) problems.push(problem(key, `${key}: its id is ${JSON.stringify(id)}`));
    if (!WORD.test(key)) problems.push(problem(key, `${key}: an id may have letters, digits and _ only`));
    if (seen.has(key)) problems.push(problem(key, `${key}: the id is used twice`));
    seen.add(key);
  };
  for (const { id } of [tree.start_event, tree.end_event]) check(id, id);
  for (const section of [tree.activities, tree.gateways, tree.flows]) {
    for (const [key, { id }] of Object.entries(section)) check(key, id);
  }
  return problems;
}

/** Every flow is known to both of its ends. */
function flowProblems(tree: PipelineTree): Problem[] {
  const find = (id: string) => {
    if (id === tree.start_event.id) return tree.start_event;
    return id === tree.end_event.id ? tree.end_event : (own(tree.activities, id) ?? own(tree.gateways, id));
  };
  return Object.entries(tree.flows).flatMap(([id, { source, target }]) => {
    const problems: Problem[] = [];
    if (!flowIds(find(source)?.outgoing).includes(id)) {
      problems.push(problem(source, `flow ${id}: its source ${source} does not name it in outgoing`));
    }
    if (!flowIds(find(target)?.incoming).includes(id)) {
      problems.push(problem(target, `flow ${id}: its target ${target} does not name it in incoming`));
    }
    return problems;
  });
}

function activityProblems({ activities }: PipelineTree): Problem[] {
  return Object.entries(activities).flatMap(([id, activity]) => {
    if (activity.type === 'SubProcess') {
      return activity.pipeline ? [] : [problem(id, `activity ${id}: a SubProcess needs its unfolded pipeline`)];
    }
    return activity.component ? [] : [problem(id, `activity ${id}: component is missing`)];
  });
}

function gatewayProblems({ gateways }: PipelineTree): Problem[] {
  return Object.entries(gateways).flatMap(([id, gateway]) => {
    const isConditional = gateway.type === 'ExclusiveGateway' || gateway.type === 'ConditionalParallelGateway';
    return isConditional ? branchProblems(id, gateway) : [];
  });
}

/** Every way out has a condition, or is the default. */
function branchProblems(id: string, { outgoing, conditions = {}, default_condition }: Gateway): Problem[] {
  const flows = flowIds(outgoing);
  const fallback = default_condition?.flow_id;
  const problems: Problem[] = [];
  for (const flow of Object.keys(conditions)) {
    if (!flows.includes(flow))
      problems.push(problem(id, `gateway ${id}: conditions name the flow ${flow}, which does not leave it`));
  }
  if (fallback !== undefined && !flows.includes(fallback)) {
    problems.push(problem(id, `gateway ${id}: default_condition names the flow ${fallback}, which does not leave it`));
  }
  for (const flow of flows) {
    const hasCondition = own(conditions, flow) !== undefined;
    if (flow === fallback && hasCondition)
      problems.push(problem(id, `gateway ${id}: the default flow ${flow} has a condition`));
    if (flow !== fallback && !hasCondition)
      problems.push(problem(id, `gateway ${id}: flow ${flow} has neither a condition nor is it the default`));
  }
  return problems;
}

function constantProblems(tree: PipelineTree): Problem[] {
  const problems: Problem[] = [];
  for (const [key, { source_info, source_type }] of Object.entries(tree.constants)) {
    // Upstream leaves stale nodes of unused constants behind, but an output that nobody produces is a mistake.
    if (source_type !== 'component_outputs') continue;
    for (const node of Object.keys(source_info ?? {})) {
      if (!own(tree.activities, node))
        problems.push(problem(node, `constant ${key}: source_info names ${node}, which is no activity`));
    }
  }
  const referencesOf = (key: string) =>
    templateReferences(parseTemplate((own(tree.constants, key)?.value ?? '') as Json)).map((name) => `\${${name}}`);
  for (const { message } of circularConstants(tree, referencesOf)) problems.push(problem(undefined, message));
  return problems;
}
