import { isJsonObject } from '../json';
import { withoutForbidden } from '../names';
import { deepCopy } from './copy';
import { MAX_NAME_LENGTH } from './limits';
import { entriesOf, flowIds, own } from './own';
import type { Activity, Gateway, PipelineTree } from './types';

/**
 * A copy of a tree as a client sent it, with names cleaned and `gateways`, `constants`, `outputs` there (bk-sops §1.1,
 * §1.3); nested trees too. Takes anything: what is wrong with it is validation's to say.
 */
export function normaliseTree(input: unknown): unknown {
  const copy = deepCopy(input);
  const queue = [copy];
  for (const tree of queue) {
    if (!isJsonObject(tree)) continue;
    tree.gateways ??= {};
    tree.constants ??= {};
    tree.outputs ??= [];
    for (const element of [tree.start_event, tree.end_event]) cleanElement(element);
    for (const section of [tree.activities, tree.gateways, tree.constants]) {
      for (const [, element] of entriesOf(section)) cleanElement(element);
    }
    for (const [, activity] of entriesOf(tree.activities)) if (isJsonObject(activity)) queue.push(activity.pipeline);
  }
  return copy;
}

/** `demo <1>` becomes `demo 1`. Characters are counted, not UTF-16 units, so no emoji is cut in half. */
function cleanElement(element: unknown): void {
  if (!isJsonObject(element) || typeof element.name !== 'string') return;
  const clean = withoutForbidden(element.name);
  element.name = clean.length > MAX_NAME_LENGTH ? [...clean].slice(0, MAX_NAME_LENGTH).join('') : clean;
}

/**
 * Brings a normalised and valid tree, in place, into the one form that the rest of the house knows: `incoming` as arrays, one `outgoing` as text, every
 * gateway with its converge, the submitted id kept in `template_node_id` (bk-sops §1.6, §3).
 *
 * @param converge from validation
 */
export function canonicaliseTree(tree: PipelineTree, converge: Record<string, string>): PipelineTree {
  const queue = [{ part: tree, prefix: '' }];
  for (const { part, prefix } of queue) {
    part.end_event.incoming = flowIds(part.end_event.incoming);
    part.start_event.outgoing = only(part.start_event.outgoing);
    for (const [id, activity] of Object.entries(part.activities)) {
      canonicaliseActivity(activity);
      if (activity.type !== 'SubProcess' || !activity.pipeline) continue;
      activity.pipeline.id = id;
      queue.push({ part: activity.pipeline, prefix: `${prefix}${id}/` });
    }
    for (const [id, gateway] of Object.entries(part.gateways)) canonicaliseGateway(gateway, own(converge, prefix + id));
  }
  return tree;
}

function canonicaliseActivity(activity: Activity): void {
  activity.incoming = flowIds(activity.incoming);
  activity.outgoing = only(activity.outgoing);
  activity.error_ignorable ??= false;
  activity.template_node_id ??= activity.id;
}

function canonicaliseGateway(gateway: Gateway, converge: string | undefined): void {
  gateway.incoming = flowIds(gateway.incoming);
  gateway.outgoing = gateway.type === 'ConvergeGateway' ? only(gateway.outgoing) : flowIds(gateway.outgoing);
  // What the client sent may be of another version of the tree.
  delete gateway.converge_gateway_id;
  if (converge !== undefined) gateway.converge_gateway_id = converge;
  // Editors leave an empty object behind when somebody removes the default branch.
  if (gateway.extra_info?.parse_lang === null) delete gateway.extra_info.parse_lang;
  if (gateway.default_condition?.flow_id === undefined) delete gateway.default_condition;
  if (gateway.type !== 'ExclusiveGateway' && gateway.type !== 'ConditionalParallelGateway') {
    // They decide nothing.
    delete gateway.default_condition;
    delete gateway.conditions;
  }
}

function only(flows: string | string[]): string {
  return flowIds(flows)[0] ?? '';
}
