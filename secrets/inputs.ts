import { isJsonObject, type Json, type JsonObject } from '../pipeline/json';
import { bareName } from '../pipeline/names';
import { own } from '../pipeline/tree/own';
import type { PipelineTree, ServiceActivity } from '../pipeline/tree/types';
import { isPassword } from './constants';
import type { SealPlace } from './place';
import { pathOfReference, refersTo, secretScopes } from './references';
import { isToken, MASK, seal } from './token';

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
export function pathOfNewReference(tree: PipelineTree, nodeId: string, inputs: JsonObject): string | undefined {
  for (const { tree: inner, names } of secretScopes(tree)) {
    const activity = own(inner.activities, nodeId);
    if (activity?.type !== 'ServiceActivity') continue;
    const { data } = activity.component;
    const changed = Object.entries(inputs).map(([name, value]) => [name, changedFrom(own(data, name)?.value, value)]);
    return pathOfReference(Object.fromEntries(changed), names, 'inputs');
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

/** A value without the texts that were there before. */
function changedFrom(original: Json | undefined, value: Json): Json {
  if (typeof value === 'string') return value === original ? null : value;
  return sideBySide(original, value, changedFrom);
}

function sideBySide(
  original: Json | undefined,
  value: Json,
  map: (original: Json | undefined, value: Json) => Json,
): Json {
  if (Array.isArray(value)) {
    const items = Array.isArray(original) ? original : [];
    return value.map((item, index) => map(items[index], item));
  }
  if (!isJsonObject(value)) return value;
  const fields = isJsonObject(original) ? original : {};
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, map(own(fields, name), item)]));
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
