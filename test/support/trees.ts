import type { Catalog } from '../../pipeline/catalog';
import { compile } from '../../pipeline/compile';
import type { Json } from '../../pipeline/json';
import type { Program } from '../../pipeline/program';
import { canonicaliseTree, normaliseTree } from '../../pipeline/tree/normalise';
import type { Activity, Constant, Gateway, PipelineTree } from '../../pipeline/tree/types';
import { validateTree } from '../../pipeline/tree/validate';
import { catalog } from '../../plugins';

/** A tree in short. Flows are called `source_target`. */
export interface TreeSketch {
  /** Chains of node ids with blanks between them, `S` to `E`. */
  chains: string[];
  activities?: Record<string, Partial<Activity> & { code?: string; version?: string; inputs?: Record<string, Json> }>;
  gateways?: Record<string, Partial<Gateway> & Pick<Gateway, 'type'>>;
  constants?: Record<string, Partial<Constant>>;
  outputs?: string[];
}

/** Draws a whole web tree from a sketch; `S` and `E` are its events, any node that is no gateway shows a message. */
export function sketch({
  chains,
  activities = {},
  gateways = {},
  constants = {},
  outputs = [],
}: TreeSketch): PipelineTree {
  const edges = chains.flatMap((chain) => {
    const ids = chain.split(' ');
    return ids.slice(1).map((target, place): [string, string] => [ids[place]!, target]);
  });
  const flowId = (source: string, target: string) => `${source}_${target}`;
  const incoming = (id: string) => edges.filter(([, target]) => target === id).map(([source]) => flowId(source, id));
  const outgoing = (id: string) => edges.filter(([source]) => source === id).map(([, target]) => flowId(id, target));
  const ids = [...new Set(edges.flat())].filter((id) => id !== 'S' && id !== 'E' && !(id in gateways));
  return {
    start_event: { id: 'S', type: 'EmptyStartEvent', name: '', incoming: '', outgoing: outgoing('S')[0]! },
    end_event: { id: 'E', type: 'EmptyEndEvent', name: '', incoming: incoming('E'), outgoing: '' },
    activities: Object.fromEntries(
      ids.map((id) => {
        const { code = 'bk_display', version, inputs = {}, ...given } = activities[id] ?? {};
        const data = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { hook: false, value }]));
        const component = { code, data, version: version ?? (code === 'bk_display' ? '1.0' : 'legacy') };
        const base = { id, name: id, incoming: incoming(id), outgoing: outgoing(id)[0]!, optional: false };
        return [id, { type: 'ServiceActivity', component, error_ignorable: false, ...base, ...given } as Activity];
      }),
    ),
    gateways: Object.fromEntries(
      Object.entries(gateways).map(([id, given]) => {
        const out = outgoing(id);
        const gateway = {
          id,
          name: '',
          incoming: incoming(id),
          outgoing: given.type === 'ConvergeGateway' ? out[0]! : out,
        };
        return [id, { ...gateway, ...given } as Gateway];
      }),
    ),
    flows: Object.fromEntries(
      edges.map(([source, target]) => {
        const id = flowId(source, target);
        return [id, { id, source, target, is_default: false }];
      }),
    ),
    constants: Object.fromEntries(
      Object.entries(constants).map(([name, given]) => {
        const key = `\${${name}}`;
        const base = { key, name, index: 0, source_type: 'custom', custom_type: '', source_tag: '', source_info: {} };
        return [key, { ...base, show_type: 'show', value: '', ...given } as Constant];
      }),
    ),
    outputs,
  };
}

/** Checks and compiles a tree under its own ids. */
export function compileTree(tree: PipelineTree, options: { rerunLimit?: number; catalog?: Catalog } = {}): Program {
  const normal = normaliseTree(tree) as PipelineTree;
  const { problems, converge } = validateTree(normal);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  const { catalog: plugins = catalog, ...rest } = options;
  return compile(canonicaliseTree(normal, converge), plugins, rest);
}
