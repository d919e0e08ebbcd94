import type { DbOrTransaction } from './connection';

/** A version of a template, as tasks are made from it. */
export interface TemplateTree {
  id: number;
  name: string;
  category: string;
  /** Null for common templates. */
  projectId: number | null;
  executorProxy: string;
  version: number;
  /** md5 of the tree: what clients call the version. */
  digest: string;
  tree: unknown;
}

/**
 * The newest version of a template, or the one with a digest. `projectId` null means the common templates: one of another
 * project does not exist.
 */
export async function findTemplateTree(
  db: DbOrTransaction,
  projectId: number | null,
  templateId: number,
  digest?: string,
): Promise<TemplateTree | undefined> {
  return db
    .selectFrom('templates')
    .innerJoin('template_versions', 'template_versions.template_id', 'templates.id')
    .select([
      'templates.id',
      'templates.name',
      'templates.category',
      'templates.project_id as projectId',
      'templates.executor_proxy as executorProxy',
      'template_versions.version',
      'template_versions.digest',
      'template_versions.tree',
    ])
    .where('templates.id', '=', templateId)
    .where('templates.project_id', projectId === null ? 'is' : '=', projectId)
    .where('templates.is_deleted', '=', false)
    .$if(digest === undefined, (query) => query.whereRef('template_versions.version', '=', 'templates.version'))
    .$if(digest !== undefined, (query) => query.where('template_versions.digest', '=', digest!))
    .orderBy('template_versions.version', 'desc')
    .limit(1)
    .executeTakeFirst();
}
