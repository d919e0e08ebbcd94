import { flowIds } from '../../pipeline/tree/own';
import type { Activity, EventNode, Gateway, PipelineTree } from '../../pipeline/tree/types';

export type Element = EventNode | Activity | Gateway;

/** A node of a tree with the ids of those that follow it. */
export interface Step {
  element: Element;
  targets: string[];
}

/** The nodes of a tree as people read it: from its start, each branch in turn, what joins branches behind them. */
export function stepsOf(tree: PipelineTree): Step[] {
  const { start_event, end_event, activities, gateways, flows } = tree;
  const elements = new Map<string, Element>();
  for (const element of [start_event, ...Object.values(activities), ...Object.values(gateways), end_event]) {
    elements.set(element.id, element);
  }
  const targetsOf = ({ outgoing }: Element) => flowIds(outgoing).flatMap((flow) => flows[flow]?.target ?? []);
  const done: string[] = [];
  const seen = new Set<string>();
  // What is left last is written first: a loop's way back does not count.
  const visit = (first: string) => {
    const trail = [{ id: first, rest: targetsOf(elements.get(first)!) }];
    seen.add(first);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        done.push(top.id);
        trail.pop();
      } else if (!seen.has(next) && elements.has(next)) {
        seen.add(next);
        trail.push({ id: next, rest: targetsOf(elements.get(next)!) });
      }
    }
  };
  for (const id of elements.keys()) if (!seen.has(id)) visit(id);
  const places = new Map(done.reverse().map((id, place) => [id, place]));
  return [...elements.values()]
    .sort((one, other) => places.get(one.id)! - places.get(other.id)!)
    .map((element) => ({ element, targets: targetsOf(element) }));
}
