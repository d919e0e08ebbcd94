import { isDeepStrictEqual } from 'node:util';
import type { Rights } from '../access/rights';
import { GantryError } from '../base/error';
import { isJsonObject } from '../pipeline/json';
import { entriesOf } from '../pipeline/tree/own';

/** A node of a tree that may have a proxy, and the one of the tree before that it replaces. */
interface Proxied {
  id: string;
  activity: Record<string, unknown>;
  before: unknown;
}

/**
 * Makes sure that nodes do their work in nobody's name but the sender's own: those of subprocesses too. A node that is as
 * it was, with the same component, keeps its proxy.
 *
 * @param tree that has been checked
 * @param previous the tree that it replaces
 * @throws GantryError `invalid` naming the node
 */
export function requireProxies(tree: unknown, { mayProxy }: Pick<Rights, 'mayProxy'>, previous?: unknown): void {
  for (const { id, activity, before } of proxiedIn(tree, previous)) {
    const { executor_proxy: proxy } = activity;
    if (mayProxy(String(proxy)) || isUnchanged(activity, before)) continue;
    const details = [{ nodeId: id, field: 'executor_proxy' }];
    throw new GantryError('invalid', `node ${id}: executor_proxy can only be set to oneself`, { details });
  }
}

/** Takes the proxies out of a tree, in place, that its sender may not set, as with those of a template that is imported. */
export function dropProxies(tree: unknown, { mayProxy }: Pick<Rights, 'mayProxy'>): void {
  for (const { activity } of proxiedIn(tree, undefined)) {
    const { executor_proxy: proxy } = activity;
    // What is no name is for the check of the tree to refuse.
    if (typeof proxy === 'string' && !mayProxy(proxy)) delete activity.executor_proxy;
  }
}

function proxiedIn(tree: unknown, previous: unknown): Proxied[] {
  const found: Proxied[] = [];
  const queue = [{ tree, previous }];
  for (const { tree, previous } of queue) {
    if (!isJsonObject(tree)) continue;
    const before = new Map(isJsonObject(previous) ? entriesOf(previous.activities) : []);
    for (const [id, activity] of entriesOf(tree.activities)) {
      if (!isJsonObject(activity)) continue;
      const old = before.get(id);
      // Absent, empty or null: nobody's.
      if (activity.executor_proxy) found.push({ id, activity, before: old });
      queue.push({ tree: activity.pipeline, previous: isJsonObject(old) ? old.pipeline : undefined });
    }
  }
  return found;
}

function isUnchanged({ executor_proxy, component }: Record<string, unknown>, before: unknown): boolean {
  return (
    isJsonObject(before) && before.executor_proxy === executor_proxy && isDeepStrictEqual(before.component, component)
  );
}
