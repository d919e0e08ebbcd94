import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import type { PipelineTree } from '../../pipeline/tree/types';
import type { BundledTemplate, UncheckedTemplate } from '../bundle';
import { exportTemplates } from '../export';
import { sortedJson } from '../sorted-json';
import { throughFlows } from '../yaml/through';
import type { ImportOptions, Target } from './types';

/**
 * A bundle in which the templates of a bk-sops YAML that say what the templates here would say in one have the trees of
 * those: the format leaves out ids of flows, and what every reader fills in, of which no new version is to be made.
 */
export async function asKept(
  tx: DbOrTransaction,
  bundle: readonly UncheckedTemplate[],
  targets: ReadonlyMap<string, Target>,
  { projectId }: Pick<ImportOptions, 'projectId'>,
): Promise<readonly UncheckedTemplate[]> {
  const ids = bundle.flatMap(({ key, isFlow }) => {
    const id = targets.get(key)?.row.id;
    return isFlow && String(id) === key ? [Number(id)] : [];
  });
  if (ids.length === 0) return bundle;
  const exported = await exportTemplates(tx, projectId, ids, { keepsCommon: false }).catch(noneWhereRefused);
  const written = throughFlows(exported);
  return bundle.map((template) => {
    const here = exported.find(({ key }) => key === template.key);
    const isSame =
      here && !hasOwnTrees(here.tree) && sortedJson(template.tree) === sortedJson(written.get(template.key));
    return template.isFlow && isSame ? { ...template, tree: here.tree } : template;
  });
}

/** Templates here that could not be written are other ones than those of the file. */
function noneWhereRefused(error: unknown): BundledTemplate[] {
  if (error instanceof GantryError) return [];
  throw error;
}

/** In the file they are templates. */
function hasOwnTrees({ activities }: PipelineTree): boolean {
  return Object.values(activities).some((activity) => activity.type === 'SubProcess' && activity.pipeline);
}
