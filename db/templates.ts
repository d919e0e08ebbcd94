import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

export type TemplateRecord = Selectable<Database['templates']>;
export type NewTemplate = Insertable<Database['templates']>;

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
  writtenAt: Date;
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
      'template_versions.created_at as writtenAt',
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

/** A template of a project, or a common one when `projectId` is null: others do not exist. */
export function findTemplate(
  db: DbOrTransaction,
  projectId: number | null,
  templateId: number,
): Promise<TemplateRecord | undefined> {
  return templatesIn(db, projectId).where('id', '=', templateId).executeTakeFirst();
}

/** The same, held until the transaction ends: of two changes at the same moment the second sees the first. */
export function lockTemplate(
  db: DbOrTransaction,
  projectId: number | null,
  templateId: number,
): Promise<TemplateRecord | undefined> {
  return templatesIn(db, projectId).where('id', '=', templateId).forUpdate().executeTakeFirst();
}

/**
 * Those with one of the ids, and those that were imported as one of the origins, of a project or common; held until the
 * transaction ends.
 */
export function lockTemplates(
  db: DbOrTransaction,
  projectId: number | null,
  { ids, origins }: { ids: readonly number[]; origins: readonly string[] },
): Promise<TemplateRecord[]> {
  return templatesIn(db, projectId)
    .where(sql<boolean>`(id = any(${[...ids]}::integer[]) or origin = any(${[...origins]}::text[]))`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Newest first; all of the place, those with one of the ids, those whose name has a part in it, whatever its case. */
export function listTemplates(
  db: DbOrTransaction,
  projectId: number | null,
  { ids, keyword }: { ids?: readonly number[]; keyword?: string },
): Promise<TemplateRecord[]> {
  return templatesIn(db, projectId)
    .$if(ids !== undefined, (query) => query.where(sql<boolean>`id = any(${[...(ids ?? [])]}::integer[])`))
    .$if(keyword !== undefined, (query) => query.where(sql<boolean>`strpos(lower(name), lower(${keyword})) > 0`))
    .orderBy('id', 'desc')
    .execute();
}

function templatesIn(db: DbOrTransaction, projectId: number | null) {
  return db
    .selectFrom('templates')
    .selectAll()
    .where('project_id', projectId === null ? 'is' : '=', projectId)
    .where('is_deleted', '=', false);
}

/**
 * The newest versions of some templates, and those with one of the digests, of a project or common; in one query. The tree
 * of a template may be among them more than once.
 */
export async function listTemplateTrees(
  db: DbOrTransaction,
  projectId: number | null,
  { ids, digests }: { ids: readonly number[]; digests: readonly string[] },
): Promise<
  (TemplateRecord & { digest: string; tree: unknown; writtenAt: Date; isNewest: boolean; ofVersion: number })[]
> {
  return db
    .selectFrom('templates')
    .innerJoin('template_versions', 'template_versions.template_id', 'templates.id')
    .selectAll('templates')
    .select(['template_versions.digest', 'template_versions.tree', 'template_versions.created_at as writtenAt'])
    .select(['template_versions.version as ofVersion'])
    .select(sql<boolean>`template_versions.version = templates.version`.as('isNewest'))
    .where(sql<boolean>`templates.id = any(${[...ids]}::integer[])`)
    .where((where) => where.or([where('project_id', 'is', null), where('project_id', '=', projectId)]))
    .where('templates.is_deleted', '=', false)
    .where(
      sql<boolean>`(template_versions.version = templates.version
        or template_versions.digest = any(${[...digests]}::text[]))`,
    )
    .orderBy('templates.id')
    .orderBy('template_versions.version', 'desc')
    .execute();
}

/** Digests of the newest versions, by template. */
export async function newestDigests(db: DbOrTransaction, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('templates')
    .innerJoin('template_versions', (join) =>
      join
        .onRef('template_versions.template_id', '=', 'templates.id')
        .onRef('template_versions.version', '=', 'templates.version'),
    )
    .select(['templates.id', 'template_versions.digest'])
    .where(sql<boolean>`templates.id = any(${[...ids]}::integer[])`)
    .execute();
  return new Map(rows.map(({ id, digest }) => [id, digest]));
}

/** Ids for rows that refer to each other and are written together. */
export async function reserveIds(
  db: DbOrTransaction,
  table: 'templates' | 'template_schemes',
  count: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence(${table}, 'id'))::integer as id from generate_series(1, ${count})
  `.execute(db);
  return rows.map(({ id }) => id);
}

export async function insertTemplates(db: DbOrTransaction, templates: readonly NewTemplate[]): Promise<void> {
  if (templates.length > 0) await db.insertInto('templates').values(templates).execute();
}

/** A version of a template; versions never change. */
export interface NewVersion {
  templateId: number;
  version: number;
  digest: string;
  tree: object;
  /** Against the version before; null for the first. */
  changes: object | null;
  creator: string;
}

export async function insertVersions(db: DbOrTransaction, versions: readonly NewVersion[]): Promise<void> {
  const rows = versions.map(({ templateId, version, digest, tree, changes, creator }) => ({
    template_id: templateId,
    version,
    digest,
    tree: toJsonText(tree),
    changes: toJsonText(changes),
    creator,
  }));
  if (rows.length > 0) await db.insertInto('template_versions').values(rows).execute();
}

/** Changes a template; when and by whom is changed with it. */
export async function changeTemplate(
  db: DbOrTransaction,
  templateId: number,
  editor: string,
  change: Updateable<Database['templates']>,
): Promise<void> {
  await db
    .updateTable('templates')
    .set({ ...change, editor, edited_at: sql`now()` })
    .where('id', '=', templateId)
    .execute();
}

/** The versions of a template without their trees, newest first. */
export function listVersions(db: DbOrTransaction, templateId: number) {
  return db
    .selectFrom('template_versions')
    .select(['version', 'digest', 'changes', 'creator', 'created_at'])
    .where('template_id', '=', templateId)
    .orderBy('version', 'desc')
    .execute();
}

/** The digest of a version by its number. */
export async function findDigest(
  db: DbOrTransaction,
  templateId: number,
  version: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('template_versions')
    .select('digest')
    .where('template_id', '=', templateId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.digest;
}
