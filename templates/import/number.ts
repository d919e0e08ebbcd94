import type { DbOrTransaction } from '../../db/connection';
import { reserveIds } from '../../db/templates';
import { replaceIds } from '../../pipeline/tree/ids';
import type { PipelineTree } from '../../pipeline/tree/types';
import { treeDigest } from '../digest';
import { treeOfNext } from '../save';
import { idsIn, importedId, keptId } from './ids';
import { redirectAll } from './redirect';
import type { CheckedTemplate, ImportOptions, Numbered, Target } from './types';

interface Numbering {
  tx: DbOrTransaction;
  options: ImportOptions;
  /** Those that are numbered already. */
  byKey: Map<string, Numbered>;
  freeIds: number[];
  freeSchemeIds: number[];
}

/**
 * Gives templates the ids that they will have, or have, and lets all that names them follow.
 *
 * @param ordered each after those that it refers to
 * @throws GantryError `refused` when one refers to what is not there
 */
export async function numberTemplates(
  tx: DbOrTransaction,
  ordered: readonly CheckedTemplate[],
  targets: ReadonlyMap<string, Target>,
  options: ImportOptions,
): Promise<Numbered[]> {
  const schemeCount = ordered.reduce((count, { schemes }) => count + schemes.length, 0);
  const numbering: Numbering = {
    tx,
    options,
    byKey: new Map(),
    freeIds: await reserveIds(tx, 'templates', ordered.length),
    freeSchemeIds: await reserveIds(tx, 'template_schemes', schemeCount),
  };
  for (const template of ordered) {
    const target = targets.get(template.key);
    const numbered = target && (await asReplacing(template, target, numbering));
    numbering.byKey.set(template.key, numbered ?? asNew(template, numbering));
  }
  return [...numbering.byKey.values()];
}

function asNew(template: CheckedTemplate, numbering: Numbering): Numbered {
  const id = numbering.freeIds.shift()!;
  const { tree, nodeIds } = renamed(template, importedId(id), undefined, numbering);
  return {
    ...template,
    id,
    tree,
    digest: treeDigest(tree),
    nodeIds,
    isNewTree: true,
    ...schemesOf(template, nodeIds, [], numbering),
  };
}

/** undefined for an older version that is not there: nothing is put into the past, it becomes a template of its own. */
async function asReplacing(
  template: CheckedTemplate,
  target: Target,
  numbering: Numbering,
): Promise<Numbered | undefined> {
  const { row, compared } = target;
  const previous = compared.tree as PipelineTree;
  const { tree, nodeIds } = renamed(template, keptId(row.id, idsIn(previous)), previous, numbering);
  const next = await treeOfNext(numbering.tx, compared, tree);
  if (next && target.isOlderVersion) return undefined;
  return {
    ...template,
    id: row.id,
    tree: next ?? previous,
    digest: next ? treeDigest(next) : compared.digest,
    nodeIds,
    target,
    isNewTree: next !== undefined,
    ...schemesOf(template, nodeIds, target.schemes, numbering),
  };
}

/** The tree with new ids; what belongs to a tree's own id stays that of the one before. */
function renamed(
  { tree: checked, settings }: CheckedTemplate,
  newId: ReturnType<typeof importedId>,
  previous: PipelineTree | undefined,
  { byKey, options }: Numbering,
) {
  const { tree, ids: nodeIds } = replaceIds(checked, newId);
  if (previous) {
    delete tree.id;
    if (previous.id !== undefined) tree.id = previous.id;
  }
  for (const [id, activity] of Object.entries(tree.activities)) activity.template_node_id = id;
  redirectAll(tree, { name: settings.name, previous }, byKey, options);
  return { tree, nodeIds };
}

/** Schemes that the template has by their names keep their numbers. */
function schemesOf(
  { key, schemes }: CheckedTemplate,
  nodeIds: Numbered['nodeIds'],
  kept: Target['schemes'],
  { freeSchemeIds }: Numbering,
): Pick<Numbered, 'schemeIds' | 'newSchemes'> {
  const numbered = schemes.map((scheme) => ({
    ...scheme,
    newId: kept.find(({ name }) => name === scheme.name)?.id ?? freeSchemeIds.shift()!,
  }));
  const calledBy = numbered.flatMap(({ id, name, newId }) => [
    [`${key}-${name}`, newId] as const,
    ...(id === undefined ? [] : [[String(id), newId] as const]),
  ]);
  return {
    schemeIds: new Map(calledBy),
    newSchemes: numbered.map(({ newId, name, nodeIds: chosen }) => ({
      id: newId,
      name,
      nodeIds: chosen.flatMap((id) => nodeIds.get(id) ?? []),
    })),
  };
}
