import { deepCopy } from '../../pipeline/tree/copy';
import { own } from '../../pipeline/tree/own';
import { constantsOf, dataOf } from './constants';
import { type FlowDocument, type FlowNode, requireNone } from './document';
import { type Placed, placeNodes } from './graph';

type Fields = Record<string, unknown>;
type Report = (problem: string) => void;

/** What reading a file's trees needs to know of the whole file. */
export interface FlowFile {
  /** The constants of each document. */
  constants: ReadonlyMap<string, Record<string, Fields>>;
  report: Report;
  /** Every subprocess has a copy of its template's parameters: how many more there may be. */
  copiesLeft: number;
}

/** A file may be read with so many parameters of subprocesses; a megabyte could ask for many millions. */
const MAX_COPIES = 100_000;

export function openFile(documents: readonly FlowDocument[], report: Report): FlowFile {
  const constants = documents.map((document) => [document.meta.id, constantsOf(document, report)] as const);
  return { constants: new Map(constants), report, copiesLeft: MAX_COPIES };
}

/**
 * The pipeline_tree of a document, to be checked like any other: it has flows, and of nodes, conditions and constants the
 * fields that a tree has.
 *
 * @throws GantryError `invalid` when there are too many parameters of subprocesses
 */
export function treeOf(document: FlowDocument, file: FlowFile): Fields {
  const placed = placeNodes(document, file.report);
  const flows = flowsOf(placed);
  const wiring = { file, document, flows, incoming: incomingOf(flows) };
  const elements = placed.map(({ node, targets }) => ({ node, element: elementOf({ node, targets }, wiring) }));
  const all = (isWanted: (type: FlowNode['type']) => boolean) =>
    elements.filter(({ node }) => isWanted(node.type)).map(({ node, element }) => [node.id, element] as const);
  return {
    start_event: all((type) => type === 'EmptyStartEvent')[0]?.[1],
    end_event: all((type) => type === 'EmptyEndEvent')[0]?.[1],
    activities: Object.fromEntries(all((type) => type === 'ServiceActivity' || type === 'SubProcess')),
    gateways: Object.fromEntries(all((type) => type.endsWith('Gateway'))),
    flows: Object.fromEntries([...flows.values()].map((flow) => [flow.id, { ...flow, is_default: false }])),
    constants: file.constants.get(document.meta.id),
    outputs: document.spec.outputs ?? [],
  };
}

interface Wiring {
  file: FlowFile;
  document: FlowDocument;
  flows: ReadonlyMap<string, Flow>;
  incoming: ReadonlyMap<string, string[]>;
}

interface Flow {
  id: string;
  source: string;
  target: string;
}

/** Flows by source and target, with ids that are the same whenever the same file is read. */
function flowsOf(placed: readonly Placed[]): Map<string, Flow> {
  const ids = new Set<string>();
  const flows = new Map<string, Flow>();
  for (const { node, targets } of placed) {
    for (const target of targets) {
      let id = `${node.id}_${target}`;
      while (ids.has(id)) id += '_';
      ids.add(id);
      flows.set(edge(node.id, target), { id, source: node.id, target });
    }
  }
  return flows;
}

function incomingOf(flows: ReadonlyMap<string, Flow>): Map<string, string[]> {
  const incoming = new Map<string, string[]>();
  for (const { id, target } of flows.values()) {
    const ids = incoming.get(target);
    if (ids) ids.push(id);
    else incoming.set(target, [id]);
  }
  return incoming;
}

function edge(source: string, target: string): string {
  return `${source}\n${target}`;
}

/** A node as it stands in a tree. Fields that this does not know are the tree's own. */
function elementOf({ node, targets }: Placed, { file, document, flows, incoming: all }: Wiring): Fields {
  const { next: _, output: _output, data: _data, conditions, default_condition, component, ...fields } = node;
  const outgoing = targets.flatMap((target) => flows.get(edge(node.id, target))?.id ?? []);
  const incoming = all.get(node.id) ?? [];
  const base = { ...flagged(fields), name: node.name ?? '', incoming, outgoing: outgoing[0] ?? '' };
  const flowTo = (target: string) => flows.get(edge(node.id, target))?.id ?? '';
  switch (node.type) {
    case 'EmptyStartEvent':
      return { ...base, incoming: incoming.length === 0 ? '' : incoming };
    case 'ServiceActivity':
      return { optional: true, ...base, component: { ...component, data: inputsOf(node, document, file.report) } };
    case 'SubProcess':
      return { optional: true, ...base, constants: givenTo(node, file) };
    case 'ExclusiveGateway':
    case 'ConditionalParallelGateway':
      return {
        ...base,
        outgoing,
        conditions: Object.fromEntries(
          Object.entries(conditions ?? {}).map(([target, condition]) => [
            flowTo(target),
            { ...condition, tag: `branch_${node.id}_${target}` },
          ]),
        ),
        ...defaultOf(node.id, default_condition, flowTo),
      };
    case 'ParallelGateway':
      return { ...base, outgoing };
    default:
      return base;
  }
}

function defaultOf(gateway: string, given: FlowNode['default_condition'], flowTo: (target: string) => string): Fields {
  const [entry] = Object.entries(given ?? {});
  if (!entry) return {};
  const [target, condition] = entry;
  return { default_condition: { ...condition, tag: `branch_${gateway}_${target}`, flow_id: flowTo(target) } };
}

/** Three flags have names of their own in a file; the tree's are taken, too. */
function flagged({ ignore_error, can_retry, can_skip, ...fields }: Fields): Fields {
  return {
    ...fields,
    ...(ignore_error === undefined ? {} : { error_ignorable: ignore_error }),
    ...(can_retry === undefined ? {} : { retryable: can_retry }),
    ...(can_skip === undefined ? {} : { skippable: can_skip }),
  };
}

function inputsOf(node: FlowNode, { meta }: FlowDocument, report: Report): Fields {
  const inputs = Object.entries(dataOf(node)).map(([field, { key, value, ...entry }]) => {
    if (key !== undefined) return [field, { hook: true, value: key }];
    if (value === undefined)
      report(`document ${meta.id}, node ${node.id}: its input ${field} has neither value nor key`);
    return [field, { ...entry, hook: false, value }];
  });
  return Object.fromEntries(inputs);
}

/**
 * What a subprocess gives to the constants of its template: what its parameters are there, and what it says itself. Of a
 * template that is not in the file only the latter is known, which is enough.
 */
function givenTo(node: FlowNode, file: FlowFile): Fields {
  const data = dataOf(node);
  const theirs = file.constants.get(node.template_id ?? '');
  const parameters = Object.entries(theirs ?? {}).filter(
    ([key, { source_type, show_type }]) =>
      source_type !== 'component_outputs' && (show_type === 'show' || own(data, key) !== undefined),
  );
  file.copiesLeft -= parameters.length;
  if (file.copiesLeft < 0) requireNone([`its subprocesses have more than ${MAX_COPIES} parameters`]);
  const given = new Map<string, Fields>(parameters.map(([key, constant]) => [key, deepCopy(constant) as Fields]));
  for (const [key, { key: hooked, value, ...entry }] of Object.entries(data)) {
    if (theirs && own(theirs, key) === undefined) continue;
    const said = hooked === undefined ? { ...entry, ...(value === undefined ? {} : { value }) } : { value: hooked };
    given.set(key, { ...given.get(key), ...said, key });
  }
  return Object.fromEntries(given);
}
