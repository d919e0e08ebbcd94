import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../pipeline/json';
import { entriesOf, own } from '../../pipeline/tree/own';
import type { Constant, PipelineTree } from '../../pipeline/tree/types';
import type { Step } from './order';

type Fields = Record<string, unknown>;
type Sources = Record<string, string[]>;

/** Fields of a constant that bk-sops reads. */
const KNOWN = new Set([
  'name',
  'value',
  'type',
  'desc',
  'validation',
  'hide',
  'version',
  'is_meta',
  'source_tag',
  'plugin_code',
  'index',
]);

/** Where the nodes of a tree get a constant from, or make it, as far as the format can say. */
export interface Places {
  /** By constant and node: the inputs that are hooked to it. */
  hooks: ReadonlyMap<string, Sources>;
  /** By node: the outputs, and the constants that they make. */
  outputs: ReadonlyMap<string, Map<string, string>>;
}

/**
 * @param isHooked whether an input, with its node, says nothing but that a constant has its value
 */
export function placesOf(
  tree: PipelineTree,
  steps: readonly Step[],
  inputsOf: (step: Step) => [string, unknown][],
): Places {
  const hooks = new Map<string, Sources>();
  for (const step of steps) {
    for (const [field, key] of inputsOf(step)) {
      if (typeof key !== 'string' || !isHookable(tree, key, step.element.id, field)) continue;
      const sources = hooks.get(key) ?? {};
      sources[step.element.id] = [...(sources[step.element.id] ?? []), field];
      hooks.set(key, sources);
    }
  }
  const outputs = new Map<string, Map<string, string>>();
  for (const [key, { source_type, source_info }] of Object.entries(tree.constants)) {
    if (source_type !== 'component_outputs') continue;
    const [node, fields] = Object.entries(source_info ?? {})[0] ?? [];
    const field = fields?.[0];
    if (node === undefined || field === undefined || !own(tree.activities, node)) continue;
    const ofNode = outputs.get(node) ?? new Map<string, string>();
    // One output makes one constant in this format.
    if (!ofNode.has(field)) ofNode.set(field, key);
    outputs.set(node, ofNode);
  }
  return { hooks, outputs };
}

/** Whether a constant says itself that it is the value of that field of the node. */
function isHookable({ constants }: PipelineTree, key: string, node: string, field: string): boolean {
  const constant = own(constants, key);
  return constant?.source_type === 'component_inputs' && own(constant.source_info, node)?.includes(field) === true;
}

/** Writes the constants of a tree, each where it is first seen; what is left at the end stands by itself. */
export class ConstantWriter {
  readonly #written = new Set<string>();

  constructor(
    private readonly tree: PipelineTree,
    private readonly places: Places,
    private readonly note: (text: string) => void,
  ) {}

  isHooked(node: string, field: string, value: unknown): value is string {
    return typeof value === 'string' && own(this.places.hooks.get(value), node)?.includes(field) === true;
  }

  /** Of an input: the constant's key, and the first time all about it. */
  hooked(key: string, tag: string): Fields {
    return { key, ...this.#once(key, 'component_inputs', this.places.hooks.get(key)!, tag) };
  }

  outputsOf(node: string, tagOf: (field: string) => string): Fields {
    const outputs = [...(this.places.outputs.get(node) ?? [])].map(([field, key]) => [
      field,
      { key, ...this.#once(key, 'component_outputs', { [node]: [field] }, tagOf(field)) },
    ]);
    return Object.fromEntries(outputs);
  }

  /** Those that no node has brought along. */
  rest(): { constants: Fields; dummies: Fields } {
    const left = Object.keys(this.tree.constants).filter((key) => !this.#written.has(key));
    const isDummy = (key: string) => this.tree.constants[key]!.source_type === 'component_inputs';
    const write = (keys: string[], type: string) =>
      Object.fromEntries(keys.map((key) => [key, this.#once(key, type, {}, tagOf(this.tree.constants[key]!))]));
    const custom = left.filter((key) => !isDummy(key));
    return { constants: write(custom, 'custom'), dummies: write(left.filter(isDummy), 'component_inputs') };
  }

  #once(key: string, type: string, sources: Sources, tag: string): Fields {
    if (this.#written.has(key)) return {};
    const index = this.#written.size;
    this.#written.add(key);
    const fields = fieldsOf(this.tree.constants[key]!, { index, type, sources, tag });
    const unknown = Object.keys(fields).filter((field) => !KNOWN.has(field));
    if (unknown.length > 0) this.note(`constant ${key}: bk-sops does not read its ${unknown.join(', ')}`);
    return fields;
  }
}

function tagOf({ custom_type }: Constant): string {
  return custom_type ? `${custom_type}.${custom_type}` : '';
}

/** The fields of a constant that are not what a reader would take them for anyway. */
function fieldsOf(
  constant: Constant,
  { index, type, sources, tag }: { index: number; type: string; sources: Sources; tag: string },
): Fields {
  const { key: _, name, value, custom_type, desc, validation, show_type, ...others } = constant;
  const { source_type = 'custom', source_info = {}, source_tag = tag, index: place = index, ...rest } = others;
  const usual: Fields = { version: 'legacy', is_meta: false, pre_render_mako: false, need_render: true };
  const left = entriesOf(rest as Fields).filter(
    ([field, one]) => one !== undefined && !isDeepStrictEqual(one, usual[field]),
  );
  return {
    name: name ?? '',
    ...(value === undefined || value === '' ? {} : { value }),
    ...(custom_type ? { type: custom_type } : {}),
    ...(desc ? { desc } : {}),
    ...(validation ? { validation } : {}),
    ...(show_type === 'hide' ? { hide: true } : {}),
    ...(source_tag === tag || source_tag === '' ? {} : { source_tag }),
    ...(source_type === type ? {} : { source_type }),
    ...(isSame(source_info, sources) ? {} : { source_info }),
    ...(place === index ? {} : { index: place }),
    ...Object.fromEntries(left),
  };
}

function isSame(one: unknown, other: Sources): boolean {
  return isJsonObject(one) && isDeepStrictEqual({ ...one }, { ...other });
}
