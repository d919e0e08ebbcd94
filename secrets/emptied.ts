import { MASK } from '../base/sealed-text';
import { isJsonObject, type JsonObject } from '../pipeline/json';
import { entriesOf } from '../pipeline/tree/own';
import { isPassword } from './constants';

/**
 * Passwords leave the house as empty texts (`withoutSecrets`). When such a tree comes back for the one that it was made
 * from, what is empty in it and was not there means the password that there is: it gets the mask, in place, by which
 * `sealTree` keeps it.
 *
 * @param tree as it came, unchecked
 * @param previous the tree that it replaces, its nodes under the ids that the other has for them
 */
export function keepEmptied(tree: unknown, previous: unknown): void {
  const queue = [{ tree, previous }];
  for (const { tree, previous } of queue) {
    if (!isJsonObject(tree) || !isJsonObject(previous)) continue;
    keepIn(tree.constants, previous.constants);
    const before = new Map(entriesOf(previous.activities));
    for (const [id, activity] of entriesOf(tree.activities)) {
      const old = before.get(id);
      if (!isJsonObject(activity) || !isJsonObject(old)) continue;
      keepIn(activity.constants, old.constants);
      queue.push({ tree: activity.pipeline, previous: old.pipeline });
    }
  }
}

function keepIn(constants: unknown, previous: unknown): void {
  const before = new Map(entriesOf(previous));
  for (const [key, constant] of entriesOf(constants)) {
    const old = before.get(key);
    if (!isJsonObject(constant) || !isJsonObject(old) || !hidesPassword(constant) || !hidesPassword(old)) continue;
    if (isEmpty(constant.value) && !isEmpty(old.value)) constant.value = MASK;
  }
}

function hidesPassword({ custom_type, source_type }: JsonObject): boolean {
  return isPassword({ custom_type, source_type } as Parameters<typeof isPassword>[0]);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (isJsonObject(value) && isEmpty(value.value));
}
