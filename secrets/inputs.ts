import { isJsonObject, type Json, type JsonObject } from '../pipeline/json';
import { own } from '../pipeline/tree/own';
import type { PipelineTree, ServiceActivity } from '../pipeline/tree/types';
import { isPassword } from './constants';
import { isToken, MASK, seal } from './token';

/**
 * New inputs of a node, as an operator sends them with a retry: where the tree's own input refers to a password
 * variable, a text that is typed in its place is sealed, and one that comes back masked becomes the reference again.
 *
 * @param nodeId of an activity, in the tree or in one of its subprocesses
 */
export function sealInputs(tree: PipelineTree, nodeId: string, inputs: JsonObject): JsonObject {
  const place = findActivity(tree, nodeId);
  if (!place) return inputs;
  const passwords = Object.entries(place.tree.constants).flatMap(([key, constant]) =>
    isPassword(constant) ? [key] : [],
  );
  if (passwords.length === 0) return inputs;
  const { data } = place.activity.component;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, sealLike(own(data, name)?.value, value, passwords)]),
  );
}

/** Walks the tree's input and the new one side by side. */
function sealLike(original: Json | undefined, value: Json, passwords: readonly string[]): Json {
  if (typeof value === 'string') {
    const names = typeof original === 'string' ? passwords.filter((key) => refersTo(original, key)) : [];
    if (names.length === 0 || value === '') return value;
    if (value.includes(MASK)) return original as string;
    return isToken(value) || passwords.some((key) => refersTo(value, key)) ? value : seal(value);
  }
  if (Array.isArray(value)) {
    const items = Array.isArray(original) ? original : [];
    return value.map((item, index) => sealLike(items[index], item, passwords));
  }
  if (!isJsonObject(value)) return value;
  const fields = isJsonObject(original) ? original : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, sealLike(fields[name], item, passwords)]),
  );
}

/** Whether an expression of a text has a constant's name in it: `${pw}`, `${pw.strip()}`. */
function refersTo(text: string, key: string): boolean {
  const name = key.slice(2, -1);
  return (text.match(/\$\{[^${}#]+\}/g) ?? []).some((fragment) => new RegExp(`\\b${name}\\b`).test(fragment));
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
