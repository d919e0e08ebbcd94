import { isJsonObject } from '../json';
import { entriesOf, own } from './own';
import { joinPath, type Problem } from './problem';
import { repr } from './repr';
import { either, flag, integer, listOf, number, object, oneOf, type Rules, reference, text, whole } from './rules';

/** Ten years: deadlines further away are beyond what the servers' clocks can hold. */
const MAX_SECONDS = 315_360_000;
/** Rounds of one node: each leaves its outputs behind. */
const MAX_ROUNDS = 100_000;
/** As the name of a variable it would set the prototype of the object that holds the variables. */
const UNSAFE_NAME = '__proto__';

const flowRefs = either(text, listOf(text));
const EVENT_SIDES = { start_event: 'incoming', end_event: 'outgoing' } as const;

const TREE: Rules = {
  id: text,
  location: listOf(object),
  line: listOf(object),
  labels: either(object, listOf(object)),
};
const LOCATION: Rules = { id: text, type: text, name: text, stage_name: text, x: reference, y: reference };
const LINE: Rules = { id: text, source: object, target: object };
const LINE_END: Rules = { id: text, arrow: text };
const FLOW: Rules = { is_default: flag };

const ACTIVITY: Rules = {
  optional: flag,
  error_ignorable: flag,
  retryable: flag,
  skippable: flag,
  can_retry: flag,
  isSkipped: flag,
  stage_name: text,
  template_node_id: text,
  executor_proxy: text,
  labels: listOf(either(object, text)),
  auto_retry: object,
  timeout_config: object,
  loop_config: object,
};
const SUBPROCESS: Rules = {
  template_id: reference,
  template_source: text,
  version: text,
  always_use_latest: flag,
  scheme_id_list: listOf(reference),
  constants: object,
  original_template_id: reference,
  original_template_version: text,
};
const INPUT: Rules = { need_render: flag, is_param: flag };
const GATEWAY: Rules = { extra_info: object, labels: listOf(either(object, text)) };
const EXTRA_INFO: Rules = { parse_lang: oneOf('boolrule', 'expr') };
const CONDITION: Rules = { name: text };

const CONSTANT: Rules = {
  index: number,
  desc: text,
  custom_type: text,
  source_tag: text,
  validation: text,
  is_meta: flag,
  need_render: flag,
  pre_render_mako: flag,
};
/** What is wrong with a number here is set right: no more than ten retries, no longer than a minute apart. */
const AUTO_RETRY: Rules = { enable: flag, times: integer, interval: integer };
const TIMEOUT: Rules = {
  enable: flag,
  seconds: whole(1, MAX_SECONDS),
  action: oneOf('forced_fail', 'forced_fail_and_skip'),
};
const LOOP: Rules = {
  enable: flag,
  loop_times: whole(1, MAX_ROUNDS),
  fail_skip: flag,
  retryable: flag,
  skippable: flag,
  outputs_key: text,
};
/** Editors leave these behind where it is switched off. */
const OFF: { auto_retry: Rules; timeout_config: Rules; loop_config: Rules } = {
  auto_retry: { ...AUTO_RETRY, times: either(integer, oneOf('')), interval: either(integer, oneOf('')) },
  timeout_config: {
    ...TIMEOUT,
    seconds: either(whole(0, MAX_SECONDS), oneOf('')),
    action: oneOf('forced_fail', 'forced_fail_and_skip', ''),
  },
  loop_config: { ...LOOP, loop_times: either(whole(0, MAX_ROUNDS), oneOf('')) },
};
const ON = { auto_retry: AUTO_RETRY, timeout_config: TIMEOUT, loop_config: LOOP };

/**
 * Fields that the house reads and that upstream's schema (`schemaProblems`) says nothing of: each has to be absent, null,
 * or what its readers take it for. One tree, without those nested in it.
 *
 * @param at the way to this tree, empty for the outermost
 */
export function fieldProblems(tree: unknown, at: readonly string[] = []): Problem[] {
  const look = new Look(at);
  if (!isJsonObject(tree)) return [];
  look.at(tree, [], TREE);
  for (const [name, side] of Object.entries(EVENT_SIDES)) checkEvent(look, tree[name], name, side);
  for (const [index, one] of listed(tree.location)) look.at(one, ['location', index], LOCATION);
  for (const [index, one] of listed(tree.line)) checkLine(look, one, ['line', index]);
  for (const [id, one] of entriesOf(tree.flows)) look.at(one, ['flows', id], FLOW);
  for (const [id, one] of entriesOf(tree.activities)) checkActivity(look, one, id);
  for (const [id, one] of entriesOf(tree.gateways)) checkGateway(look, one, id);
  for (const [key, one] of entriesOf(tree.constants)) {
    look.at(one, ['constants', key], CONSTANT);
    look.name(key, ['constants', key]);
  }
  return look.problems;
}

/** Gathers what is wrong with the fields of objects. */
class Look {
  readonly problems: Problem[] = [];

  constructor(private readonly place: readonly string[]) {}

  at(value: unknown, way: readonly string[], rules: Rules): void {
    if (!isJsonObject(value)) return;
    for (const [field, rule] of Object.entries(rules)) {
      const found = own<unknown>(value, field);
      if (found !== undefined && found !== null) this.require(rule, found, [...way, field]);
    }
  }

  require({ holds, wanted }: Rules[string], value: unknown, way: readonly string[]): void {
    if (!holds(value)) this.report(way, `${repr(value)} is not ${wanted}`);
  }

  /** That a variable may be called so. */
  name(name: unknown, way: readonly string[]): void {
    if (typeof name === 'string' && name.replace(/^\$\{(.*)\}$/s, '$1') === UNSAFE_NAME) {
      this.report(way, `nothing may be called ${UNSAFE_NAME}`);
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
function checkEvent(look: Look, event: unknown, name: string, side: string): void {
  if (!isJsonObject(event)) return;
  const value = own<unknown>(event, side);
  if (value !== undefined) look.require(flowRefs, value, [name, side]);
}

function checkLine(look: Look, line: unknown, way: readonly string[]): void {
  look.at(line, way, LINE);
  if (!isJsonObject(line)) return;
  for (const end of ['source', 'target']) {
    // Who follows a line reads both ends.
    look.require(object, line[end], [...way, end]);
    look.at(line[end], [...way, end], LINE_END);
  }
}

function checkActivity(look: Look, activity: unknown, id: string): void {
  if (!isJsonObject(activity)) return;
  const way = ['activities', id];
  look.at(activity, way, ACTIVITY);
  if (activity.type === 'SubProcess') checkReference(look, activity, way);
  for (const [name, rules] of Object.entries(ON) as [keyof typeof ON, Rules][]) {
    const settings = activity[name];
    if (!isJsonObject(settings)) continue;
    look.at(settings, [...way, name], settings.enable === false ? OFF[name] : rules);
  }
  if (isJsonObject(activity.loop_config)) {
    look.name(activity.loop_config.outputs_key, [...way, 'loop_config', 'outputs_key']);
  }
  const component = isJsonObject(activity.component) ? activity.component : {};
  for (const [name, input] of entriesOf(component.data)) {
    look.at(input, [...way, 'component', 'data', name], INPUT);
  }
}

/** What is given to a template's constants becomes part of them. */
function checkReference(look: Look, activity: object, way: readonly string[]): void {
  look.at(activity, way, SUBPROCESS);
  const given = own<unknown>({ ...activity }, 'constants');
  for (const [key, one] of entriesOf(given)) {
    look.require(object, one, [...way, 'constants', key]);
    look.at(one, [...way, 'constants', key], CONSTANT);
    look.name(key, [...way, 'constants', key]);
  }
}

function checkGateway(look: Look, gateway: unknown, id: string): void {
  if (!isJsonObject(gateway)) return;
  const way = ['gateways', id];
  look.at(gateway, way, GATEWAY);
  look.at(gateway.extra_info, [...way, 'extra_info'], EXTRA_INFO);
  look.at(gateway.default_condition, [...way, 'default_condition'], CONDITION);
}

function listed(value: unknown): [string, unknown][] {
  return Array.isArray(value) ? Object.entries(value) : [];
}
