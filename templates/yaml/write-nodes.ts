import { isDeepStrictEqual } from 'node:util';
import { GantryError } from '../../base/error';
import { isJsonObject } from '../../pipeline/json';
import { entriesOf, flowIds, own } from '../../pipeline/tree/own';
import type { Activity, ComponentInput, Gateway, PipelineTree, ServiceActivity } from '../../pipeline/tree/types';
import type { Step } from './order';
import type { ConstantWriter } from './write-constants';

type Fields = Record<string, unknown>;

export interface NodeWriting {
  key: string;
  tree: PipelineTree;
  constants: ConstantWriter;
  /** The constants of the template that a subprocess names. */
  constantsOf(templateKey: string): PipelineTree['constants'] | undefined;
  note(text: string): void;
}

/** The inputs of an activity that are the value of a constant and nothing else: field and key. */
export function hookedInputs({ element }: Step, constantsOf: NodeWriting['constantsOf']): [string, unknown][] {
  if (element.type === 'ServiceActivity') {
    return Object.entries(element.component.data).flatMap(([field, input]) =>
      input.hook && Object.keys(extrasOf(input)).length === 0 ? [[field, input.value]] : [],
    );
  }
  if (element.type !== 'SubProcess') return [];
  const theirs = constantsOf(String(element.template_id));
  return entriesOf(element.constants).flatMap(([field, entry]) =>
    isJsonObject(entry) && Object.keys(differing(entry, own(theirs, field))).length === 0 ? [[field, entry.value]] : [],
  );
}

/** A node as the format has it. @param following the next one of the list */
export function writeNode({ element, targets }: Step, following: string | undefined, writing: NodeWriting): Fields {
  const { id, type, name, incoming: _in, outgoing: _out, ...rest } = element as Step['element'] & Fields;
  requireOnce(id, targets, writing);
  const isNamed = name !== '' || type === 'ServiceActivity' || type === 'SubProcess';
  const next = targets.length === 0 || (targets.length === 1 && targets[0] === following) ? {} : { next: targets };
  return { id, type, ...(isNamed ? { name } : {}), ...ownOf(element, rest, writing), ...next };
}

function ownOf(element: Step['element'], rest: Fields, writing: NodeWriting): Fields {
  switch (element.type) {
    case 'ServiceActivity': {
      const { component, ...others } = rest;
      const { code, version, data: _, ...more } = component as ServiceActivity['component'] & Fields;
      const data = inputsOf(element, writing);
      const written = { code, ...(version === undefined ? {} : { version }), data, ...more };
      const output = writing.constants.outputsOf(element.id, (field) => `${code}.${field}`);
      return { component: written, ...some({ output }), ...flagsOf(others) };
    }
    case 'SubProcess': {
      const { constants: _, template_id, ...others } = rest;
      const output = writing.constants.outputsOf(element.id, () => '');
      return {
        template_id: String(template_id),
        ...some({ data: givenBy(element, writing), output }),
        ...flagsOf(others),
      };
    }
    case 'ParallelGateway':
    case 'ConvergeGateway': {
      const { converge_gateway_id, ...others } = rest;
      return { ...(element.type === 'ParallelGateway' ? { converge_gateway_id } : {}), ...others };
    }
    case 'ExclusiveGateway':
    case 'ConditionalParallelGateway': {
      const { converge_gateway_id: _, conditions: _c, default_condition: _d, ...others } = rest;
      return { ...decisionsOf(element, writing.tree), ...others };
    }
    default:
      return rest;
  }
}

function inputsOf({ id, component }: ServiceActivity, { constants, note, key }: NodeWriting): Fields {
  const inputs = Object.entries(component.data).map(([field, input]) => {
    const extras = extrasOf(input);
    if (input.hook && Object.keys(extras).length === 0 && constants.isHooked(id, field, input.value)) {
      return [field, constants.hooked(input.value, `${component.code}.${field}`)];
    }
    const where = `template ${key}, node ${id}, input ${field}`;
    if (input.hook) note(`${where}: it is not marked as hooked any more, its value is the same`);
    if (Object.keys(extras).length > 0) note(`${where}: bk-sops does not read its ${Object.keys(extras).join(', ')}`);
    return [field, { value: input.value, ...extras }];
  });
  return Object.fromEntries(inputs);
}

function extrasOf({ hook: _, value: _v, ...extras }: ComponentInput): Fields {
  return Object.fromEntries(entriesOf({ ...extras }).filter(([, value]) => value !== undefined));
}

/** What a subprocess gives to its template, without what that one's constants say themselves. */
function givenBy(activity: Extract<Activity, { type: 'SubProcess' }>, writing: NodeWriting): Fields {
  const theirs = writing.constantsOf(String(activity.template_id));
  const where = `template ${writing.key}, node ${activity.id}`;
  const given = entriesOf(activity.constants).flatMap(([field, entry]): [string, Fields][] => {
    if (!isJsonObject(entry)) return [];
    if (theirs && !own(theirs, field)) {
      writing.note(`${where}: its template has no constant ${field}, which is left out`);
      return [];
    }
    const extras = differing(entry, own(theirs, field));
    const { value } = entry;
    if (Object.keys(extras).length === 0 && writing.constants.isHooked(activity.id, field, value)) {
      return [[field, writing.constants.hooked(value, '')]];
    }
    if (Object.keys(extras).length > 0) {
      writing.note(`${where}, constant ${field}: bk-sops does not read its ${Object.keys(extras).join(', ')}`);
    }
    return [[field, { ...(value === undefined ? {} : { value }), ...extras }]];
  });
  return Object.fromEntries(given);
}

/** What the editor says of a constant beside what it is, and what follows from where it stands. */
const OF_THE_EDITOR = new Set(['key', 'value', 'index', 'source_info', 'source_tag', 'form', 'hook', 'schema']);

function differing(entry: Fields, theirs: object | undefined): Fields {
  const known = theirs as Fields | undefined;
  const fields = Object.entries(entry).filter(
    ([field, value]) => !OF_THE_EDITOR.has(field) && value !== undefined && !isDeepStrictEqual(value, known?.[field]),
  );
  return Object.fromEntries(fields);
}

function decisionsOf({ conditions, default_condition, outgoing }: Gateway, { flows }: PipelineTree): Fields {
  const targetOf = (flow: string) => flows[flow]?.target ?? '';
  const decided = flowIds(outgoing).flatMap((flow) => {
    const condition = own(conditions, flow);
    if (!condition || flow === default_condition?.flow_id) return [];
    const { tag: _, loc: _l, ...rest } = condition as typeof condition & { loc?: unknown };
    return [[targetOf(flow), rest] as const];
  });
  if (!default_condition) return { conditions: Object.fromEntries(decided) };
  const { flow_id, tag: _, ...rest } = default_condition as typeof default_condition & { tag?: unknown };
  return { conditions: Object.fromEntries(decided), default_condition: { [targetOf(flow_id)]: rest } };
}

/** Flags under the names of the format; what is as a reader has it anyway is left out, and so is what only we keep. */
function flagsOf({
  error_ignorable,
  retryable,
  skippable,
  can_retry,
  isSkipped,
  optional,
  template_node_id: _,
  ...rest
}: Fields): Fields {
  const [retried, skipped] = [retryable ?? can_retry ?? true, skippable ?? isSkipped ?? true];
  const left = Object.entries(rest).filter(
    ([field, value]) => !isDeepStrictEqual(value, USUAL[field]) && value !== undefined,
  );
  return {
    ...(error_ignorable ? { ignore_error: error_ignorable } : {}),
    ...(retried === true ? {} : { can_retry: retried }),
    ...(skipped === true ? {} : { can_skip: skipped }),
    ...(optional === true ? {} : { optional: optional ?? false }),
    ...Object.fromEntries(left),
  };
}

const USUAL: Fields = { labels: [], loop: null, stage_name: '', hooked_constants: [] };

function some(fields: Record<string, Fields>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Object.keys(value).length > 0));
}

function requireOnce(id: string, targets: readonly string[], { key }: NodeWriting): void {
  if (new Set(targets).size === targets.length) return;
  throw new GantryError(
    'refused',
    `template ${key}: two ways lead from node ${id} to one node, which this format cannot say: export it as dat or json`,
  );
}
