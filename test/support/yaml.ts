import type { Catalog } from '../../pipeline/catalog';
import type { ProgramNode } from '../../pipeline/program';
import { deepCopy } from '../../pipeline/tree/copy';
import { canonicaliseTree, normaliseTree } from '../../pipeline/tree/normalise';
import type { PipelineTree, SubProcess } from '../../pipeline/tree/types';
import { validateTree } from '../../pipeline/tree/validate';
import type { BundledTemplate } from '../../templates/bundle';
import { fitSubtree } from '../../templates/fit-subtree';
import { referencesIn } from '../../templates/references';
import { DEFAULT_SETTINGS } from '../../templates/settings';
import { readFlows } from '../../templates/yaml/read';
import { writeFlows } from '../../templates/yaml/write';
import { testCatalog } from './catalog';
import { compileTree } from './trees';

/** A tree as a template keeps it. */
export function kept(tree: unknown): PipelineTree {
  const normal = normaliseTree(tree) as PipelineTree;
  const { problems, converge } = validateTree(normal, { allowReferences: true });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return canonicaliseTree(normal, converge);
}

export function bundled(key: string, tree: PipelineTree): BundledTemplate {
  return { key, settings: { ...DEFAULT_SETTINGS, name: key }, tree, schemes: [] };
}

/** What a tree is after it was written as bk-sops' YAML and read again, its subprocesses unfolded; and the text. */
export function throughYaml(tree: PipelineTree): { tree: PipelineTree; text: string; notes: string[] } {
  const { text, notes } = writeFlows([bundled('t', tree)]);
  const flows = new Map(readFlows(text)!.map((template) => [template.key, kept(template.tree)]));
  return { tree: unfolded(flows.get('t')!, flows), text, notes };
}

/** As `templates/unfold.ts` does it with templates of the database. */
function unfolded(tree: PipelineTree, flows: ReadonlyMap<string, PipelineTree>): PipelineTree {
  for (const activity of referencesIn(tree)) {
    const folded = {
      activity,
      templateId: 1,
      version: 'pinned',
      isCommon: false,
      schemeIds: [],
      constants: (activity.constants ?? {}) as never,
    };
    const child = deepCopy(flows.get(String(activity.template_id))!) as PipelineTree;
    (activity as unknown as SubProcess).pipeline = unfolded(fitSubtree(child, folded, []), flows);
  }
  return tree;
}

/** A tree whose nested trees have only the constants that they use, as unfolded ones have. */
export function fitted(tree: PipelineTree): PipelineTree {
  const copy = deepCopy(tree) as PipelineTree;
  for (const activity of Object.values(copy.activities)) {
    if (activity.type !== 'SubProcess' || !activity.pipeline) continue;
    const folded = { activity, templateId: 1, version: 'x', isCommon: false, schemeIds: [], constants: {} } as never;
    activity.pipeline = fitted(fitSubtree(activity.pipeline, folded, []));
  }
  return copy;
}

/** Recorded trees name plugins of the original's own tests. */
const anyPlugin: Catalog = (code, version) => {
  const work = testCatalog('work', version)!;
  return testCatalog(code, version) ?? { ...work, code };
};

/** What a tree does, up to the ids of its flows: its program with nodes by id. */
export function behaviourOf(tree: PipelineTree): Record<string, unknown> & { nodes: Record<string, unknown> } {
  const { nodes, pipelines, ...rest } = compileTree(tree, { catalog: anyPlugin });
  // The ids of nested nodes may occur further out, too.
  const nameOf = (index: number) => {
    const node = nodes[index];
    return node ? `${pathOf(node.pipeline)}${node.id}` : '';
  };
  const pathOf = (pipeline: number): string => {
    const owner = pipelines[pipeline]?.owner ?? -1;
    return owner < 0 ? '' : `${nameOf(owner)}/`;
  };
  const show = (node: ProgramNode) => {
    const { pipeline: _, ...fields } = node as ProgramNode & Record<string, unknown>;
    const links = Object.entries(fields).map(([field, value]) => {
      if (field === 'next' || field === 'converge') return [field, nameOf(value as number)];
      if (field === 'fallback') return [field, nameOf((value as { target: number }).target)];
      if (field === 'child') return [field, 'child'];
      if (field === 'exports') return [field, [...(value as string[][])].sort()];
      if (field === 'params')
        return [field, [...(value as { name: string }[])].sort((a, b) => (a.name < b.name ? -1 : 1))];
      if (field !== 'branches') return [field, value];
      const branches = value as { flow: string; target: number }[];
      return [field, branches.map(({ flow: _, target, ...branch }) => ({ ...branch, target: nameOf(target) }))];
    });
    return Object.fromEntries(links);
  };
  return {
    ...rest,
    nodes: Object.fromEntries(nodes.map((node, index) => [nameOf(index), show(node)])),
    pipelines: Object.fromEntries(
      pipelines.map(({ owner, variables, outputs }) => [nameOf(owner), { variables, outputs }]),
    ),
  };
}
