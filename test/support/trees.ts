import { TreeBuilder } from '../../cli/tree-builder';
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
  const builder = new TreeBuilder();
  const lines = chains.map((chain) => chain.split(' '));
  for (const id of new Set(lines.flat())) {
    if (id === 'S' || id === 'E' || id in gateways) continue;
    const { code = 'bk_display', version, ...given } = activities[id] ?? {};
    const options = { version: version ?? (code === 'bk_display' ? '1.0' : 'legacy'), error_ignorable: false };
    builder.activity(id, code, { ...options, optional: false, ...given });
  }
  for (const [id, { type, ...given }] of Object.entries(gateways)) builder.gateway(id, type, given);
  for (const [name, { value = '', ...given }] of Object.entries(constants)) {
    builder.constant(name, value, { custom_type: '', ...given });
  }
  for (const line of lines) builder.chain(...line);
  return { ...builder.build(), outputs };
}

/** Checks and compiles a tree under its own ids. */
export function compileTree(tree: PipelineTree, options: { rerunLimit?: number; catalog?: Catalog } = {}): Program {
  const normal = normaliseTree(tree) as PipelineTree;
  const { problems, converge } = validateTree(normal);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  const { catalog: plugins = catalog, ...rest } = options;
  return compile(canonicaliseTree(normal, converge), plugins, rest);
}
