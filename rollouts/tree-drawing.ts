import type { Json } from '../pipeline/json';

/** A node between start and end, as trees have it but for its flows. */
type Node = Readonly<Record<string, Json>>;

const START = 'S';
const END = 'E';

/** A pipeline_tree that is put together of nodes and the ways between them. */
export class TreeDrawing {
  readonly #activities = new Map<string, Node>();
  readonly #gateways = new Map<string, Node>();
  readonly #constants: Record<string, Json> = {};
  readonly #ways: { from: string; to: string }[] = [];

  /** Adds a node that a plugin does. Values are handed over as they are, but for those of `rendered`. */
  plugin(
    id: string,
    {
      name,
      code,
      version,
      inputs = {},
      rendered = {},
    }: {
      name: string;
      code: string;
      version: string;
      inputs?: Readonly<Record<string, Json>>;
      rendered?: Readonly<Record<string, string>>;
    },
  ): string {
    const data = Object.fromEntries([
      ...Object.entries(inputs).map(([key, value]) => [key, { hook: false, need_render: false, value }]),
      ...Object.entries(rendered).map(([key, value]) => [key, { hook: false, need_render: true, value }]),
    ]);
    this.#activities.set(id, { id, type: 'ServiceActivity', name, component: { code, version, data } });
    return id;
  }

  /** Adds a node that is a whole tree. */
  subprocess(id: string, { name, tree }: { name: string; tree: Json }): string {
    this.#activities.set(id, { id, type: 'SubProcess', name, pipeline: tree });
    return id;
  }

  /** Adds a gateway; of an exclusive one each way out has a condition, by where it leads. */
  gateway(id: string, type: string, conditions: Readonly<Record<string, string>> = {}): string {
    const evaluated = Object.entries(conditions).map(([to, evaluate]) => [wayId(id, to), { evaluate }]);
    this.#gateways.set(id, { id, type, name: '', conditions: Object.fromEntries(evaluated) });
    return id;
  }

  /** A variable that is an output of a node. */
  output(name: string, node: string, field: string): void {
    const key = `\${${name}}`;
    const source = { source_type: 'component_outputs', source_info: { [node]: [field] } };
    this.#constants[key] = { key, name, value: '', show_type: 'hide', ...source };
  }

  /** Leads from one node to the next, and so on. */
  chain(...ids: readonly string[]): void {
    for (const [at, to] of ids.slice(1).entries()) this.#ways.push({ from: ids[at]!, to });
  }

  static readonly start = START;
  static readonly end = END;

  toTree(): Json {
    const into = (id: string) => this.#ways.filter(({ to }) => to === id).map(({ from, to }) => wayId(from, to));
    const outOf = (id: string) => this.#ways.filter(({ from }) => from === id).map(({ from, to }) => wayId(from, to));
    const all = (nodes: ReadonlyMap<string, Node>, out: (id: string) => Json) =>
      Object.fromEntries([...nodes].map(([id, node]) => [id, { ...node, incoming: into(id), outgoing: out(id) }]));
    const only = (id: string) => outOf(id)[0] ?? '';
    return {
      start_event: { id: START, type: 'EmptyStartEvent', name: '', incoming: '', outgoing: only(START) },
      end_event: { id: END, type: 'EmptyEndEvent', name: '', incoming: into(END), outgoing: '' },
      activities: all(this.#activities, only),
      gateways: all(this.#gateways, (id) => (outOf(id).length > 1 ? outOf(id) : only(id))),
      flows: Object.fromEntries(
        this.#ways.map(({ from, to }) => [
          wayId(from, to),
          { id: wayId(from, to), source: from, target: to, is_default: false },
        ]),
      ),
      constants: this.#constants,
      outputs: [],
    };
  }
}

function wayId(from: string, to: string): string {
  return `${from}__${to}`;
}
