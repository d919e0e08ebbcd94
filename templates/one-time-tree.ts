import { KEPT, type Rights } from '../access/rights';
import { during, GantryError } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { MAX_INTEGER } from '../db/schema';
import { listTemplates } from '../db/templates';
import { isJsonObject } from '../pipeline/json';
import { entriesOf } from '../pipeline/tree/own';
import type { PipelineTree } from '../pipeline/tree/types';
import { checkTree } from '../trees/check';
import { referencesIn } from './references';
import { unfoldTree } from './unfold';

/** How the tree of a one-time task came. */
export interface SentTree {
  projectId: number;
  /** As the client sent it. */
  tree: Record<string, unknown>;
  /** Of who sent it. */
  rights: Rights;
  /** Whether subprocesses that do not say whose template they name mean a common one; else all mean the project's. */
  meansCommon: boolean;
}

/**
 * The tree of a one-time task with the trees of the templates that it names (bk-sops §7.2), still to be prepared with the
 * rights that come with it. One without subprocesses is what it was.
 *
 * @throws GantryError `invalid` with every problem of the tree; in step `sources`, `invalid` naming the templates that are
 *   not the project's; in step `unfold`, `refused` when a template does not exist, or all is too deep or too large
 */
export async function oneTimeTree(db: DbOrTransaction, sent: SentTree): Promise<{ tree: unknown; rights: Rights }> {
  const { projectId, rights } = sent;
  const hasSubprocess = entriesOf(sent.tree.activities).some(
    ([, activity]) => isJsonObject(activity) && activity.type === 'SubProcess',
  );
  if (!hasSubprocess) return { tree: sent.tree, rights };
  const tree = checkTree(sent.tree, { place: projectId, rights });
  await during('sources', () => settleSources(db, tree, sent));
  const unfolding = { projectId, sealedFor: projectId, sentBy: rights };
  return { tree: await during('unfold', () => unfoldTree(db, unfolding, tree)), rights: KEPT };
}

/** Says of every subprocess whose template it means. */
async function settleSources(
  db: DbOrTransaction,
  tree: PipelineTree,
  { projectId, meansCommon }: SentTree,
): Promise<void> {
  const references = referencesIn(tree);
  if (meansCommon) {
    for (const reference of references) reference.template_source ??= 'common';
    return;
  }
  const ids = [...new Set(references.map(({ template_id }) => Number(template_id)))];
  const known = await listTemplates(db, projectId, { ids: ids.filter((id) => id <= MAX_INTEGER) });
  const own = new Set(known.map(({ id }) => id));
  const foreign = references.filter(
    ({ template_id, template_source }) => template_source === 'common' || !own.has(Number(template_id)),
  );
  if (foreign.length === 0) return;
  const list = [...new Set(foreign.map(({ template_id }) => String(template_id)))].join(',');
  throw new GantryError('invalid', `invalid template_id: ${list}, template_id should belong to current project.`, {
    reason: { code: 'not_found', args: { what: 'template', id: list } },
  });
}
