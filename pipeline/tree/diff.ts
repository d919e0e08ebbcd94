import { isJsonObject } from '../json';
import { own } from './own';
import type { PipelineTree } from './types';

/** A node, flow or constant (its id is its key), under its newer name. */
export interface Element {
  id: string;
  name: string;
}

export interface ChangedElement extends Element {
  /** What differs, as ways into the element: `name`, `component.data.bk_timing`. */
  fields: string[];
}

export interface ElementChanges {
  added: Element[];
  removed: Element[];
  changed: ChangedElement[];
}

/** What is different in one tree from another. */
export interface TreeChanges {
  activities: ElementChanges;
  gateways: ElementChanges;
  flows: ElementChanges;
  constants: ElementChanges;
  outputs: { added: string[]; removed: string[] };
  /** Ways to what differs besides: `start_event.name`. */
  fields: string[];
}

const SECTIONS = ['activities', 'gateways', 'flows', 'constants'] as const;
/** A component's inputs are three levels down; what is inside them is theirs. */
const MAX_STEPS = 3;
/** Said by the flows that come and go, or follows from the rest. */
const DERIVED = ['incoming', 'outgoing', 'converge_gateway_id', 'template_node_id'];
const DRAWING = ['id', 'location', 'line'];

/**
 * What changed from one version of a tree to the next: elements by id, so one that got a new id is removed and added. The
 * drawing is not compared, nested trees are a field of their activity.
 *
 * @example diffTrees(before, after).activities.changed // [{ id: 'a', name: 'wait', fields: ['component.data.bk_timing'] }]
 */
export function diffTrees(before: PipelineTree, after: PipelineTree): TreeChanges {
  const sections = SECTIONS.map((section) => [section, diffElements(before[section], after[section])] as const);
  const { activities, gateways, flows, constants } = Object.fromEntries(sections) as Record<
    (typeof SECTIONS)[number],
    ElementChanges
  >;
  return {
    activities,
    gateways,
    flows,
    constants,
    outputs: {
      added: after.outputs.filter((key) => !before.outputs.includes(key)),
      removed: before.outputs.filter((key) => !after.outputs.includes(key)),
    },
    fields: changedFields(rest(before), rest(after)),
  };
}

function diffElements(before: Record<string, object>, after: Record<string, object>): ElementChanges {
  const named = ([id, element]: [string, object]): Element => ({ id, name: nameOf(element) });
  return {
    added: Object.entries(after)
      .filter(([id]) => !own(before, id))
      .map(named),
    removed: Object.entries(before)
      .filter(([id]) => !own(after, id))
      .map(named),
    changed: Object.entries(after).flatMap(([id, element]): ChangedElement[] => {
      const old = own(before, id);
      const fields = old ? changedFields(old, element) : [];
      return fields.length > 0 ? [{ id, name: nameOf(element), fields }] : [];
    }),
  };
}

function nameOf(element: object): string {
  return 'name' in element && typeof element.name === 'string' ? element.name : '';
}

function rest(tree: PipelineTree): object {
  const left = new Set<string>([...SECTIONS, ...DRAWING, 'outputs']);
  const { start_event, end_event, ...others } = Object.fromEntries(
    Object.entries(tree).filter(([field]) => !left.has(field)),
  );
  return { ...others, start_event: underived(start_event), end_event: underived(end_event) };
}

function changedFields(before: object, after: object): string[] {
  return waysToChanges(underived(before), underived(after), []);
}

function underived(element: object): object {
  return Object.fromEntries(Object.entries(element).filter(([field]) => !DERIVED.includes(field)));
}

function waysToChanges(before: unknown, after: unknown, steps: string[]): string[] {
  if (!isJsonObject(before) || !isJsonObject(after) || steps.length === MAX_STEPS) {
    return isEqual(before, after) ? [] : [steps.join('.')];
  }
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].flatMap((field) =>
    waysToChanges(own<unknown>(before, field), own<unknown>(after, field), [...steps, field]),
  );
}

/** Equal as JSON: the order of an object's keys says nothing. */
function isEqual(one: unknown, other: unknown): boolean {
  const pairs: [unknown, unknown][] = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [left, right] = pair;
    if (left === right) continue;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
    const keys = Object.keys(left);
    if (Array.isArray(left) !== Array.isArray(right) || keys.length !== Object.keys(right).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(right, key)) return false;
      pairs.push([(left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]]);
    }
  }
  return true;
}
