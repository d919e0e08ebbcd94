import type { Json } from '../pipeline/json';
import type { Activity, Constant, Gateway, PipelineTree } from '../pipeline/tree/types';

/** Adds nodes to a web tree one after the other; `S` and `E` are its events. */
export class TreeBuilder {
  readonly #tree: PipelineTree = {
    start_event: { id: 'S', type: 'EmptyStartEvent', name: '', incoming: '', outgoing: '' },
    end_event: { id: 'E', type: 'EmptyEndEvent', name: '', incoming: [], outgoing: '' },
    activities: {},
    gateways: {},
    flows: {},
    constants: {},
    outputs: [],
  };

  /** A plugin's node, called and identified by `id`. */
  activity(id: string, code: string, { version = 'legacy', inputs = {} }: ActivityOptions = {}): this {
    const data = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { hook: false, value }]));
    const component = { code, version, data };
    return this.#add({ id, type: 'ServiceActivity', name: id, incoming: [], outgoing: '', component });
  }

  /** A nested pipeline; a tree as the web editor saves it carries it unfolded. */
  subprocess(id: string, pipeline: PipelineTree): this {
    return this.#add({ id, type: 'SubProcess', name: id, incoming: [], outgoing: '', pipeline: { ...pipeline, id } });
  }

  gateway(id: string, type: Gateway['type'], more: Partial<Gateway> = {}): this {
    const outgoing = type === 'ConvergeGateway' ? '' : [];
    this.#tree.gateways[id] = { id, type, name: '', incoming: [], outgoing, ...more };
    return this;
  }

  constant(name: string, value: Json, more: Partial<Constant> = {}): this {
    const key = `\${${name}}`;
    this.#tree.constants[key] = { ...CONSTANT, key, name, value, ...more };
    return this;
  }

  /** A variable that takes the first output of a node. */
  output(name: string, node: string, field: string): this {
    return this.constant(name, '', { source_type: 'component_outputs', source_info: { [node]: [field] } });
  }

  /** Flows from each node to the next; the flow from A to B is `A_B`. */
  chain(...ids: string[]): this {
    ids.slice(1).forEach((target, place) => {
      this.#connect(ids[place]!, target);
    });
    return this;
  }

  build(): PipelineTree {
    return this.#tree;
  }

  #add(activity: Activity): this {
    this.#tree.activities[activity.id] = activity;
    return this;
  }

  #connect(source: string, target: string): void {
    const id = `${source}_${target}`;
    this.#tree.flows[id] = { id, source, target };
    const from = source === 'S' ? this.#tree.start_event : this.#node(source);
    from.outgoing = Array.isArray(from.outgoing) ? [...from.outgoing, id] : id;
    const to = target === 'E' ? this.#tree.end_event : this.#node(target);
    to.incoming = [...to.incoming, id];
  }

  #node(id: string): Activity | Gateway {
    const node = this.#tree.activities[id] ?? this.#tree.gateways[id];
    if (!node) throw new Error(`the tree has no node ${id}`);
    return node;
  }
}

interface ActivityOptions {
  version?: string;
  inputs?: Record<string, Json>;
}

const CONSTANT = {
  index: 0,
  custom_type: 'input',
  source_type: 'custom',
  source_tag: '',
  source_info: {},
  show_type: 'show',
} as const;
