import type { Json } from '../pipeline/json';
import type { Activity, Constant, Gateway, PipelineTree, SubProcess } from '../pipeline/tree/types';

interface ActivityOptions {
  version?: string;
  inputs?: Record<string, Json>;
}

/** What a constant has unless it is said otherwise. */
const CONSTANT = {
  index: 0,
  custom_type: 'input',
  source_type: 'custom',
  source_tag: '',
  source_info: {},
  show_type: 'show',
} as const;

/**
 * Draws a web tree node by node, for whoever needs one that nobody has drawn: the hostile cases, measurements, tests.
 * `S` and `E` are its events; the flow from A to B is called `A_B`.
 */
export class TreeBuilder {
  readonly #activities: Record<string, Partial<Activity>> = {};
  readonly #gateways: Record<string, Partial<Gateway> & Pick<Gateway, 'type'>> = {};
  readonly #constants: Record<string, Constant> = {};
  readonly #flows: PipelineTree['flows'] = {};

  /** A plugin's node, called and identified by `id`; whatever else is given counts before what is drawn. */
  activity(
    id: string,
    code: string,
    { version = 'legacy', inputs = {}, ...more }: ActivityOptions & Partial<Activity> = {},
  ) {
    const data = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { hook: false, value }]));
    this.#activities[id] = {
      type: 'ServiceActivity',
      component: { code, version, data },
      ...more,
    } as Partial<Activity>;
    return this;
  }

  /** A nested pipeline; a tree as the web editor saves it carries it unfolded. */
  subprocess(id: string, pipeline: PipelineTree): this {
    this.#activities[id] = { type: 'SubProcess', pipeline: { ...pipeline, id } } as Partial<SubProcess>;
    return this;
  }

  gateway(id: string, type: Gateway['type'], more: Partial<Gateway> = {}): this {
    this.#gateways[id] = { type, ...more };
    return this;
  }

  /** @param more a `key` of its own, among others, instead of `${name}` */
  constant(name: string, value: Json, more: Partial<Constant> = {}): this {
    const constant = { ...CONSTANT, key: `\${${name}}`, name, value, ...more };
    this.#constants[constant.key] = constant;
    return this;
  }

  /** A variable that takes the first output of a node. */
  output(name: string, node: string, field: string): this {
    return this.constant(name, '', { source_type: 'component_outputs', source_info: { [node]: [field] } });
  }

  /** Flows from each node to the next. */
  chain(...ids: string[]): this {
    ids.slice(1).forEach((target, place) => {
      const id = `${ids[place]}_${target}`;
      this.#flows[id] = { id, source: ids[place]!, target, is_default: false };
    });
    return this;
  }

  /** @throws Error where a flow leads from or to a node that is not there */
  build(): PipelineTree {
    const incoming = new Map<string, string[]>();
    const outgoing = new Map<string, string[]>();
    for (const { id, source, target } of Object.values(this.#flows)) {
      for (const node of [source, target]) this.#require(node);
      append(outgoing, source, id);
      append(incoming, target, id);
    }
    const first = (id: string) => outgoing.get(id)?.[0] ?? '';
    const into = (id: string) => incoming.get(id) ?? [];
    return {
      start_event: { id: 'S', type: 'EmptyStartEvent', name: '', incoming: '', outgoing: first('S') },
      end_event: { id: 'E', type: 'EmptyEndEvent', name: '', incoming: into('E'), outgoing: '' },
      activities: mapValues(this.#activities, (given, id) => {
        return { ...given, id, name: id, incoming: into(id), outgoing: first(id), ...given } as Activity;
      }),
      gateways: mapValues(this.#gateways, (given, id) => {
        const out = given.type === 'ConvergeGateway' ? first(id) : (outgoing.get(id) ?? []);
        return { id, name: '', incoming: into(id), outgoing: out, ...given } as Gateway;
      }),
      flows: this.#flows,
      constants: this.#constants,
      outputs: [],
    };
  }

  #require(id: string): void {
    if (id === 'S' || id === 'E' || id in this.#activities || id in this.#gateways) return;
    throw new Error(`the tree has no node ${id}`);
  }
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function mapValues<T, R>(of: Record<string, T>, map: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, map(value, key)]));
}
