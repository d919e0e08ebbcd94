import { isJsonObject, type JsonObject } from '../json';
import { entriesOf } from './own';
import type { PipelineTree } from './types';

const FORBIDDEN_IN_NAMES = /[<>$&'"]/g;
const MAX_NAME_LENGTH = 50;
/** Deeper than any unfolded template (spec 1.4); what is nested further stays as it is. */
const MAX_DEPTH = 200;

/**
 * A copy of a tree as a client sent it, with names cleaned and `gateways`, `constants`, `outputs` there (spec 1.1, 1.3).
 * Takes anything: what is wrong with it is validation's to say.
 */
export function normaliseTree(input: unknown): unknown {
  return normalise(structuredClone(input), 0);
}

function normalise(tree: unknown, depth: number): unknown {
  if (!isJsonObject(tree) || depth > MAX_DEPTH) return tree;
  tree.gateways ??= {};
  tree.constants ??= {};
  tree.outputs ??= [];
  for (const section of ['activities', 'gateways', 'constants']) {
    for (const [, element] of entriesOf(tree[section])) {
      if (!isJsonObject(element)) continue;
      cleanName(element);
      if (section === 'activities' && element.pipeline !== undefined) normalise(element.pipeline, depth + 1);
    }
  }
  return tree;
}

function cleanName(element: JsonObject): void {
  if (typeof element.name !== 'string') return;
  element.name = element.name.replace(FORBIDDEN_IN_NAMES, '').slice(0, MAX_NAME_LENGTH);
}

/**
 * A valid tree in the one form that the rest of the house knows: `incoming` as arrays, one `outgoing` as text, every
 * gateway with its converge, the submitted id kept in `template_node_id` (spec 1.6, section 3).
 *
 * @param converge from validation
 */
export function canonicaliseTree(tree: PipelineTree, converge: Record<string, string>): PipelineTree {
  const copy = structuredClone(tree);
  canonicalise(copy, converge);
  return copy;
}

function canonicalise(tree: PipelineTree, converge: Record<string, string>): void {
  tree.end_event.incoming = [tree.end_event.incoming].flat();
  tree.start_event.outgoing = only(tree.start_event.outgoing);
  for (const activity of Object.values(tree.activities)) {
    activity.incoming = [activity.incoming].flat();
    activity.outgoing = only(activity.outgoing);
    activity.error_ignorable ??= false;
    activity.template_node_id ??= activity.id;
    if (activity.type === 'SubProcess') {
      activity.pipeline.id = activity.id;
      canonicalise(activity.pipeline, converge);
    }
  }
  for (const gateway of Object.values(tree.gateways)) {
    gateway.incoming = [gateway.incoming].flat();
    if (gateway.type === 'ConvergeGateway') gateway.outgoing = only(gateway.outgoing);
    else gateway.outgoing = [gateway.outgoing].flat();
    const target = Object.hasOwn(converge, gateway.id) ? converge[gateway.id] : undefined;
    if (target !== undefined) gateway.converge_gateway_id = target;
  }
}

function only(flows: string | string[]): string {
  return [flows].flat()[0]!;
}
