import { isJsonObject, type JsonObject } from '../json';
import { bareName } from '../names';
import {
  ACTIVITY,
  CONDITION,
  CONSTANT,
  EXTRA_INFO,
  FLOW,
  flowRefs,
  GATEWAY,
  INPUT,
  LINE,
  LINE_END,
  LOCATION,
  SETTINGS,
  SUBPROCESS,
  TREE,
} from './field-rules';
import { entriesOf } from './own';
import { joinPath, type Problem } from './problem';
import { repr } from './repr';
import { object, type Rule, type Rules } from './rules';

/** As the name of a variable it would set the prototype of the object that holds the variables. */
const UNSAFE_NAME = '__proto__';

/** The way to a place, asked for when something is wrong there. */
type Way = () => readonly string[];

/**
 * Fields that the house reads and that upstream's schema (`schemaProblems`) says nothing of: each has to be absent, null,
 * or what its readers take it for. One tree, without those nested in it.
 *
 * @param at the way to this tree, empty for the outermost
 */
export function fieldProblems(tree: unknown, at: readonly string[] = []): Problem[] {
  const look = new Look(at);
  if (!isJsonObject(tree)) return [];
  look.at(tree, () => [], TREE);
  checkEvent(look, tree.start_event, ['start_event', 'incoming']);
  checkEvent(look, tree.end_event, ['end_event', 'outgoing']);
  for (const [index, one] of listed(tree.location)) look.at(one, () => ['location', index], LOCATION);
  for (const [index, one] of listed(tree.line)) checkLine(look, one, () => ['line', index]);
  for (const [id, one] of entriesOf(tree.flows)) look.at(one, () => ['flows', id], FLOW);
  for (const [id, one] of entriesOf(tree.activities)) checkActivity(look, one, () => ['activities', id]);
  for (const [id, one] of entriesOf(tree.gateways)) checkGateway(look, one, () => ['gateways', id]);
  for (const [key, one] of entriesOf(tree.constants)) {
    look.at(one, () => ['constants', key], CONSTANT);
    look.name(key, () => ['constants', key]);
  }
  return look.problems;
}

/** Gathers what is wrong with the fields of objects. */
class Look {
  readonly problems: Problem[] = [];

  constructor(private readonly place: readonly string[]) {}

  at(value: unknown, way: Way, rules: Rules): void {
    if (!isJsonObject(value)) return;
    for (const [field, rule] of rules) {
      // No rule is for a name that objects inherit.
      const found = value[field];
      if (found !== undefined && found !== null) this.require(rule, found, () => [...way(), field]);
    }
  }

  require({ holds, wanted }: Rule, value: unknown, way: Way): void {
    if (holds(value)) return;
    // It is a number, only a larger one than any field has.
    const isBeyond = typeof value === 'bigint' && holds(Number.MAX_SAFE_INTEGER);
    const range = isBeyond ? ` within ±${Number.MAX_SAFE_INTEGER}` : '';
    this.report(way(), `${repr(value)} is not ${wanted}${range}`);
  }

  /** That a variable may be called so. */
  name(name: unknown, way: Way): void {
    if (typeof name === 'string' && bareName(name) === UNSAFE_NAME) {
      this.report(way(), `nothing may be called ${UNSAFE_NAME}`);
    }
  }

  report(way: readonly string[], text: string): void {
    const path = joinPath([...this.place, ...way]);
    const [section, id] = way;
    const node = section === 'activities' || section === 'gateways' ? { nodeId: id! } : {};
    this.problems.push({ stage: 'consistency', kind: 'consistency', ...node, path, message: `${path}: ${text}` });
  }
}

/** Before the first and behind the last node there is nothing: empty, but not null. That it is there the graph wants. */
function checkEvent(look: Look, event: unknown, [name, side]: readonly [string, string]): void {
  const value = isJsonObject(event) ? event[side] : undefined;
  if (value !== undefined) look.require(flowRefs, value, () => [name, side]);
}

function checkLine(look: Look, line: unknown, way: Way): void {
  look.at(line, way, LINE);
  if (!isJsonObject(line)) return;
  for (const end of ['source', 'target']) {
    // Who follows a line reads both ends.
    look.require(object, line[end], () => [...way(), end]);
    look.at(line[end], () => [...way(), end], LINE_END);
  }
}

function checkActivity(look: Look, activity: unknown, way: Way): void {
  if (!isJsonObject(activity)) return;
  look.at(activity, way, ACTIVITY);
  if (activity.type === 'SubProcess') checkReference(look, activity, way);
  for (const [name, on, off] of SETTINGS) {
    const settings = activity[name];
    if (isJsonObject(settings)) look.at(settings, () => [...way(), name], settings.enable === false ? off : on);
  }
  if (isJsonObject(activity.loop_config)) {
    look.name(activity.loop_config.outputs_key, () => [...way(), 'loop_config', 'outputs_key']);
  }
  const data = isJsonObject(activity.component) ? activity.component.data : undefined;
  for (const [name, input] of entriesOf(data)) look.at(input, () => [...way(), 'component', 'data', name], INPUT);
}

/** What is given to a template's constants becomes part of them. */
function checkReference(look: Look, activity: JsonObject, way: Way): void {
  look.at(activity, way, SUBPROCESS);
  for (const [key, one] of entriesOf(activity.constants)) {
    const wayToOne = () => [...way(), 'constants', key];
    look.require(object, one, wayToOne);
    look.at(one, wayToOne, CONSTANT);
    look.name(key, wayToOne);
  }
}

function checkGateway(look: Look, gateway: unknown, way: Way): void {
  if (!isJsonObject(gateway)) return;
  look.at(gateway, way, GATEWAY);
  look.at(gateway.extra_info, () => [...way(), 'extra_info'], EXTRA_INFO);
  look.at(gateway.default_condition, () => [...way(), 'default_condition'], CONDITION);
}

function listed(value: unknown): [string, unknown][] {
  return Array.isArray(value) ? Object.entries(value) : [];
}
