import type { DbOrTransaction } from '../db/connection';
import { newestDigests } from '../db/templates';
import type { PipelineTree } from '../pipeline/tree/types';
import { pinnedVersion, type Reference, referencesIn } from './references';

/** Whether a subprocess of a tree is tied to a version of its template that is no longer the newest. */
export async function hasOutdatedReferences(db: DbOrTransaction, tree: PipelineTree): Promise<boolean> {
  const references = referencesIn(tree);
  const newest = await newestDigests(db, [...new Set(references.map(templateIdOf))]);
  return references.some((reference) => {
    const pinned = pinnedVersion(reference);
    return pinned !== undefined && newest.get(templateIdOf(reference)) !== pinned;
  });
}

function templateIdOf({ template_id }: Reference): number {
  return Number(template_id);
}
