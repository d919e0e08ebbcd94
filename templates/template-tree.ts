import { requireNone } from '../base/error';
import type { DbOrTransaction } from '../db/connection';
import { normaliseTree } from '../pipeline/tree/normalise';
import type { PipelineTree } from '../pipeline/tree/types';
import { validateTree } from '../pipeline/tree/validate';
import { checkTree, type Submission } from '../trees/check';
import { type Unfolding, unfoldTree } from './unfold';

/**
 * A tree as a template keeps it: canonical and drawn, each node the origin of those that tasks make of it, without what
 * reading a template adds to its constants.
 *
 * @throws GantryError `invalid` with every problem of the tree in its details
 */
export function templateTree(input: unknown, submission: Submission): PipelineTree {
  const tree = checkTree(input, submission);
  for (const [id, activity] of Object.entries(tree.activities)) activity.template_node_id = id;
  for (const constant of Object.values(tree.constants)) if ('schema' in constant) delete constant.schema;
  return tree;
}

/**
 * Makes sure that what a tree refers to can be unfolded, and that tasks can be made of the whole.
 *
 * @param levels so many levels of templates in templates alone: absent, all of them
 * @throws GantryError `refused` when a template does not exist, or comes again inside itself; `invalid` with every problem
 *   that the whole has, such as constants that are given values which lead back to themselves
 */
export async function requireReferences(
  db: DbOrTransaction,
  unfolding: Unfolding,
  tree: PipelineTree,
  levels?: number,
): Promise<void> {
  const refers = Object.values(tree.activities).some((activity) => activity.type === 'SubProcess');
  if (!refers) return;
  const unfolded = normaliseTree(await unfoldTree(db, unfolding, tree, { levels }));
  requireNone(validateTree(unfolded, { allowReferences: levels !== undefined }).problems);
}
