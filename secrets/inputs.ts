import { MASK } from '../base/sealed-text';
import type { Json, JsonObject } from '../pipeline/json';
import { bareName } from '../pipeline/names';
import { own } from '../pipeline/tree/own';
import type { PipelineTree, ServiceActivity } from '../pipeline/tree/types';
import { isPassword } from './constants';
import type { SealPlace } from './place';
import { pathOfNewReference, refersTo, secretScopes } from './references';
import { isToken, seal } from './token';
import { sideBySide } from './walk';

/**
 * New inputs of a node, as an operator sends them with a retry: where the tree's own input refers to a password
 * variable, a text that is typed in its place is sealed, and one that comes back masked becomes the reference again.
 *
 * @param nodeId of an activity, in the tree or in one of its subprocesses
 */
export function sealInputs(tree: PipelineTree, nodeId: string, inputs: JsonObject, sealPlace: SealPlace): JsonObject {
  const place = findActivity(tree, nodeId);
  if (!place) return inputs;
  const passwords = Object.entries(place.tree.constants).flatMap(([key, constant]) =>
    isPassword(constant) ? [bareName(key)] : [],
  );
  if (passwords.length === 0) return inputs;
  const { data } = place.activity.component;
  const names = new Set(passwords);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, sealLike(own(data, name)?.value, value, names, sealPlace)]),
  );
}

/**
 * Where new inputs of a node refer to a password, or to what leads to one, and the tree's own do not; undefined when that
 * is nowhere.
 */
export function pathOfNewInput(tree: PipelineTree, nodeId: string, inputs: JsonObject): string | undefined {
  for (const { tree: inner, names } of secretScopes(tree)) {
    const activity = own(inner.activities, nodeId);
    if (activity?.type !== 'ServiceActivity') continue;
    const { data } = activity.component;
    const originals = Object.entries(data).map(([name, { value }]): [string, Json] => [name, value]);
    return pathOfNewReference(Object.fromEntries(originals), inputs, names, 'inputs');
  }
  return undefined;
}

/** Walks the tree's input and the new one side by side. */
function sealLike(original: Json | undefined, value: Json, passwords: ReadonlySet<string>, place: SealPlace): Json {
  if (typeof value === 'string') {
    if (typeof original !== 'string' || value === '' || !refersTo(original, passwords)) return value;
    if (value.includes(MASK)) return original;
    return isToken(value) || refersTo(value, passwords) ? value : seal(value, place);
  }
  return sideBySide(original, value, (before, item) => sealLike(before, item, passwords, place));
}

function findActivity(
  tree: PipelineTree,
  nodeId: string,
): { tree: PipelineTree; activity: ServiceActivity } | undefined {
  const activity = own(tree.activities, nodeId);
  if (activity) return activity.type === 'ServiceActivity' ? { tree, activity } : undefined;
  for (const child of Object.values(tree.activities)) {
    const found = child.type === 'SubProcess' ? findActivity(child.pipeline, nodeId) : undefined;
    if (found) return found;
  }
  return undefined;
}
