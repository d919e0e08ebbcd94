import { stringifyJson } from '../../base/json';
import { flowIds, own } from './own';
import type { Problem } from './problem';
import type { Gateway, PipelineTree, SubProcess } from './types';

/** What `^\w+$` means to upstream: letters and digits of any script, and the underscore. */
const ID = /^[\p{L}\p{N}_]+$/u;
/** As a key it would set the prototype of any object that is filled by assignment. */
const UNSAFE_KEY = '__proto__';

type Report = (nodeId: string | undefined, message: string) => void;

/**
 * What upstream lets pass and stumbles over later, at id replacement or at start (bk-sops §2.4): references that
 * disagree, ids that are not their keys, branches without a condition, activities without a plugin.
 */
export function consistencyProblems(tree: PipelineTree, { allowReferences }: { allowReferences: boolean }): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (nodeId, message) => {
    const node = nodeId === undefined ? {} : { nodeId };
    problems.push({ stage: 'consistency', kind: 'consistency', ...node, message });
  };
  checkIds(tree, report);
  checkFlows(tree, report);
  for (const [id, gateway] of Object.entries(tree.gateways)) checkConditions(id, gateway, report);
  checkActivities(tree, allowReferences, report);
  checkSources(tree, report);
  return problems;
}

function checkIds(tree: PipelineTree, report: Report): void {
  const used = new Map<string, string>();
  const use = (id: string, what: string, nodeId: string | undefined) => {
    if (!ID.test(id) || id === UNSAFE_KEY) report(nodeId, `${what}: an id may have letters, digits and _ only`);
    const other = used.get(id);
    if (other) report(nodeId, `${what}: the id is used twice, it is that of ${other} too`);
    else used.set(id, what);
  };
  for (const [name, { id }] of Object.entries({ 'start event': tree.start_event, 'end event': tree.end_event })) {
    use(id, `${name} ${id}`, id);
  }
  const sections = { activity: tree.activities, gateway: tree.gateways, flow: tree.flows };
  for (const [name, elements] of Object.entries(sections)) {
    for (const [key, { id }] of Object.entries(elements)) {
      const nodeId = name === 'flow' ? undefined : key;
      if (id !== key) report(nodeId, `${name} ${key}: its id is ${stringifyJson(id)}`);
      use(key, `${name} ${key}`, nodeId);
    }
  }
}

/** Flows and nodes agree about each other, and no node lists a flow twice. */
function checkFlows(tree: PipelineTree, report: Report): void {
  const nodes = new Map<string, { incoming: unknown; outgoing: unknown }>([
    [tree.start_event.id, tree.start_event],
    [tree.end_event.id, tree.end_event],
    ...Object.entries(tree.activities),
    ...Object.entries(tree.gateways),
  ]);
  for (const [side, end] of [
    ['outgoing', 'source'],
    ['incoming', 'target'],
  ] as const) {
    const listed = new Set<string>();
    for (const [id, node] of nodes) {
      for (const flowId of flowIds(node[side])) {
        const actual = own(tree.flows, flowId)?.[end];
        if (actual !== id) report(id, `node ${id}: ${side} names flow ${flowId}, whose ${end} is ${actual}`);
        else if (listed.has(flowId)) report(id, `node ${id}: ${side} names flow ${flowId} twice`);
        else listed.add(flowId);
      }
    }
    for (const [flowId, flow] of Object.entries(tree.flows)) {
      const id = flow[end];
      if (!nodes.has(id)) report(undefined, `flow ${flowId}: its ${end} ${id} does not exist`);
      else if (!listed.has(flowId)) report(id, `flow ${flowId}: its ${end} ${id} does not name it in ${side}`);
    }
  }
}

/** Every way out has a condition, or is the default (bk-sops §1.5). */
function checkConditions(id: string, gateway: Gateway, report: Report): void {
  if (gateway.type !== 'ExclusiveGateway' && gateway.type !== 'ConditionalParallelGateway') return;
  const { conditions = {} } = gateway;
  const flows = new Set(flowIds(gateway.outgoing));
  const fallback = gateway.default_condition?.flow_id;
  for (const flow of Object.keys(conditions)) {
    if (!flows.has(flow)) report(id, `gateway ${id}: conditions name the flow ${flow}, which does not leave it`);
  }
  if (fallback !== undefined && !flows.has(fallback)) {
    report(id, `gateway ${id}: default_condition names the flow ${fallback}, which does not leave it`);
  }
  for (const flow of flows) {
    const hasCondition = own(conditions, flow) !== undefined;
    if (flow === fallback && hasCondition) report(id, `gateway ${id}: the default flow ${flow} has a condition`);
    if (flow !== fallback && !hasCondition) {
      report(id, `gateway ${id}: flow ${flow} has neither a condition nor is it the default`);
    }
  }
}

function checkActivities({ activities }: PipelineTree, allowReferences: boolean, report: Report): void {
  for (const [id, activity] of Object.entries(activities)) {
    if (activity.type === 'SubProcess') {
      if (!activity.pipeline) checkReference(activity, allowReferences, report);
    } else if (!activity.component) {
      report(id, `activity ${id}: component is missing`);
    } else if (Object.hasOwn(activity.component.data, UNSAFE_KEY)) {
      report(id, `activity ${id}: an input may not be called ${UNSAFE_KEY}`);
    }
  }
}

function checkReference({ id, template_id }: SubProcess, allowReferences: boolean, report: Report): void {
  if (!allowReferences) report(id, `activity ${id}: a SubProcess needs its unfolded pipeline`);
  else if (typeof template_id !== 'number' && (typeof template_id !== 'string' || template_id === '')) {
    report(id, `activity ${id}: a SubProcess needs the template_id of a template, or its unfolded pipeline`);
  }
}

function checkSources({ constants, activities }: PipelineTree, report: Report): void {
  for (const [key, { source_info, source_type }] of Object.entries(constants)) {
    // Upstream leaves stale nodes of unused constants behind, but an output that nobody produces is a mistake.
    if (source_type !== 'component_outputs') continue;
    for (const node of Object.keys(source_info ?? {})) {
      if (!own(activities, node)) report(node, `constant ${key}: source_info names ${node}, which is no activity`);
    }
  }
}
