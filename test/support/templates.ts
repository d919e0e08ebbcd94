import { NOBODY } from '../../access/rights';
import type { Db } from '../../db/connection';
import type { PipelineTree, SubProcess } from '../../pipeline/tree/types';
import { createTemplate, updateTemplate } from '../../templates/save';
import { createScheme } from '../../templates/schemes';
import { DEFAULT_SETTINGS } from '../../templates/settings';
import { sketch, type TreeSketch } from './trees';

const ACTOR = { username: 'admin', appCode: 'test-app', source: 'api' };

/** Of who makes templates here: any proxy may be named. */
const MAKER = { ...NOBODY, mayProxy: () => true };

interface Drawing extends TreeSketch {
  /** What nodes say of the template that they stand for. */
  references?: Record<string, Record<string, unknown>>;
}

/** A tree some of whose nodes stand for templates. */
export function drawing({ references = {}, ...rest }: Drawing): PipelineTree {
  const tree = sketch(rest);
  for (const [id, reference] of Object.entries(references)) {
    const activity = { ...tree.activities[id]!, type: 'SubProcess', component: undefined, ...reference };
    tree.activities[id] = JSON.parse(JSON.stringify(activity)) as SubProcess;
  }
  return tree;
}

/** Makes a template of project 1, or with null a common one; its id. */
export function shelve(db: Db, name: string, tree: PipelineTree, projectId: number | null = 1): Promise<number> {
  const settings = { ...DEFAULT_SETTINGS, name };
  return createTemplate(db, { projectId, settings, tree, labelIds: [], actor: ACTOR, rights: MAKER });
}

/** Gives a template of project 1 a new tree; the digest of the new version. */
export async function reshelve(db: Db, templateId: number, tree: PipelineTree): Promise<string> {
  const change = { projectId: 1, templateId, settings: {}, tree, actor: ACTOR, rights: MAKER };
  const { digest } = await updateTemplate(db, change);
  return digest;
}

/** Gives a template of project 1 a scheme; its number. */
export async function shelveScheme(db: Db, templateId: number, name: string, nodeIds: string[]): Promise<number> {
  const { id } = await createScheme(db, { projectId: 1, templateId }, { name, nodeIds }, ACTOR);
  return id;
}
