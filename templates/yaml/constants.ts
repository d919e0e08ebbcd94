import type { FlowDocument, FlowNode } from './document';

type Entry = Record<string, unknown>;
type SourceType = 'component_inputs' | 'component_outputs' | 'custom';

/** Where a definition of a constant stands, and what it says. */
interface Definition {
  key: string;
  entry: Entry;
  sourceType: SourceType;
  /** The field of a node that it is the input of, or that makes it. */
  source?: { node: string; field: string };
  /** What the editor calls the field's form, where nothing else is said. */
  tag: string;
}

/**
 * The constants of a document, in the order in which they are defined: by nodes, by `spec.constants`, by inputs whose nodes
 * are gone. One that is defined several times has of each field what is said first, and all its nodes.
 */
export function constantsOf(document: FlowDocument, report: (problem: string) => void): Record<string, Entry> {
  const constants = new Map<string, Entry & { source_info: Record<string, string[]> }>();
  for (const { key, entry, sourceType, source, tag } of definitionsIn(document)) {
    const before = constants.get(key);
    if (before && isOutput(before.source_type) !== isOutput(sourceType)) {
      report(`document ${document.meta.id}: constant ${key} is made by a node and given to one`);
    }
    const fields = { source_type: sourceType, source_tag: tag, ...treeFields(entry) };
    const constant = before ?? { index: constants.size, ...fields, key, source_info: sourcesIn(entry) };
    if (before) for (const [name, value] of Object.entries(treeFields(entry))) before[name] ??= value;
    if (source) addSource(constant.source_info, source);
    constants.set(key, constant);
  }
  return Object.fromEntries([...constants].map(([key, constant]) => [key, completed(key, constant)]));
}

function definitionsIn({ spec }: FlowDocument): Definition[] {
  const ofNodes = spec.nodes.flatMap((node) => [...inputsOf(node), ...outputsOf(node)]);
  const custom = Object.entries(spec.constants ?? {}).map(
    ([key, entry]): Definition => ({ key, entry, sourceType: 'custom', tag: tagOf(entry) }),
  );
  const dummy = Object.entries(spec.dummy_component_inputs ?? {}).map(
    ([key, entry]): Definition => ({ key, entry, sourceType: 'component_inputs', tag: tagOf(entry) }),
  );
  return [...ofNodes, ...custom, ...dummy];
}

function inputsOf(node: FlowNode): Definition[] {
  return Object.entries(dataOf(node)).flatMap(([field, { key, ...entry }]): Definition[] =>
    key === undefined
      ? []
      : [
          {
            key,
            entry,
            sourceType: 'component_inputs',
            source: { node: node.id, field },
            tag: fieldTag(node, field, entry),
          },
        ],
  );
}

function outputsOf(node: FlowNode): Definition[] {
  return Object.entries(node.output ?? {}).map(([field, { key, ...entry }]) => ({
    key,
    entry,
    sourceType: 'component_outputs',
    source: { node: node.id, field },
    tag: fieldTag(node, field, entry),
  }));
}

/** The inputs of a node, whatever its kind. */
export function dataOf(node: FlowNode): NonNullable<FlowNode['data']> {
  return (node.type === 'SubProcess' ? node.data : node.component?.data) ?? {};
}

function fieldTag({ type, component }: FlowNode, field: string, entry: Entry): string {
  return type === 'ServiceActivity' ? `${component?.code}.${field}` : tagOf(entry);
}

function tagOf({ type }: Entry): string {
  return typeof type === 'string' && type !== '' ? `${type}.${type}` : '';
}

/** The fields of a constant by the names that they have in a tree. */
function treeFields({ type, hide, source_info: _, ...entry }: Entry): Entry {
  return {
    ...entry,
    ...(type === undefined ? {} : { custom_type: type }),
    // Upstream hides what has this key, whatever its value: nobody who writes `hide: false` means that.
    ...(hide === undefined ? {} : { show_type: hide === false ? 'show' : 'hide' }),
  };
}

function completed(key: string, constant: Entry): Entry {
  const { name, ...fields } = constant;
  const defaults = {
    desc: '',
    validation: '',
    custom_type: '',
    show_type: 'show',
    value: '',
    is_meta: false,
    version: 'legacy',
  };
  return { ...defaults, ...fields, name: name || key.replace(/^\$\{(.*)\}$/, '$1') };
}

function sourcesIn({ source_info: given }: Entry): Record<string, string[]> {
  return typeof given === 'object' && given !== null ? { ...(given as Record<string, string[]>) } : {};
}

function addSource(sources: Record<string, string[]>, { node, field }: { node: string; field: string }): void {
  const fields = Object.hasOwn(sources, node) ? sources[node]! : [];
  if (Array.isArray(fields) && !fields.includes(field)) sources[node] = [...fields, field];
}

function isOutput(sourceType: unknown): boolean {
  return sourceType === 'component_outputs';
}
