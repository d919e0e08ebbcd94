import { KEPT } from '../access/rights';
import type { DbOrTransaction } from '../db/connection';
import type { NewTask } from '../tasks/create';
import { prepareTree } from '../trees/prepare';
import { instantiate, instantiateTree, requireValid, type TemplateChoice } from './instantiate';

/** What a task is to be made of. */
export interface TemplateTask extends TemplateChoice {
  /** In place of the template's, with all choices made: of those only `validateConstants` counts then. */
  tree?: unknown;
}

/**
 * What a new task has of its template (bk-sops §7.2): the tree that is ready to run, and the template's settings.
 *
 * @throws GantryError as `instantiate` and `instantiateTree`; `invalid` with every value that does not match its constant's
 *   `validation`, where it has to; `too_large`
 */
export async function taskOfTemplate(
  db: DbOrTransaction,
  wanted: TemplateTask,
): Promise<Pick<NewTask, 'prepared' | 'category' | 'template' | 'executorProxy'>> {
  const { template, tree } = wanted.tree === undefined ? await instantiate(db, wanted) : await sentTree(db, wanted);
  return {
    prepared: prepareTree(tree, { place: wanted.projectId, rights: KEPT }),
    category: template.category,
    template: {
      id: template.id,
      version: template.version,
      source: template.projectId === null ? 'common' : 'project',
    },
    executorProxy: template.executorProxy,
  };
}

async function sentTree(db: DbOrTransaction, wanted: TemplateTask) {
  const made = await instantiateTree(db, wanted, wanted.tree);
  if (wanted.validateConstants) requireValid(made.tree.constants);
  return made;
}
