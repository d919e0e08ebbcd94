import type { Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { requireUnsealed } from '../base/unsealed';
import { auditOf, insertAudit } from '../db/audit';
import type { Db, DbOrTransaction } from '../db/connection';
import { countLabels, setTemplateLabels } from '../db/labels';
import {
  changeTemplate,
  findDigest,
  findTemplateTree,
  insertTemplates,
  insertVersions,
  lockTemplate,
  reserveIds,
  type TemplateTree,
} from '../db/templates';
import { transact } from '../db/transaction';
import { diffTrees, type TreeChanges } from '../pipeline/tree/diff';
import type { PipelineTree } from '../pipeline/tree/types';
import { placeOfProject } from '../secrets/place';
import { treeFor, writtenAt } from '../trees/kept';
import { treeDigest } from './digest';
import { settingColumns, type TemplateSettings } from './settings';
import { requireReferences, templateTree } from './template-tree';

/** A project's template, or a common one. */
export interface TemplateKey {
  /** Null for common templates. */
  projectId: number | null;
  templateId: number;
}

export interface NewTemplate {
  projectId: number | null;
  settings: TemplateSettings;
  /** As the client sent it. */
  tree: unknown;
  labelIds: readonly number[];
  actor: Actor;
  rights: Rights;
}

/**
 * Makes a template with its first version (bk-sops §7.5).
 *
 * @throws GantryError `invalid` with every problem of the tree, or for labels that are not the project's; `refused` when
 *   the tree refers to templates that do not exist
 */
export async function createTemplate(
  db: Db,
  { projectId, settings, tree, labelIds, actor, rights }: NewTemplate,
): Promise<number> {
  requireUnsealed(settings, 'settings');
  const checked = templateTree(tree, { place: placeOfProject(projectId), rights });
  const { username } = actor;
  return transact(db, async (tx) => {
    await requireReferences(tx, { projectId }, checked);
    const [id] = (await reserveIds(tx, 'templates', 1)) as [number];
    await insertTemplates(tx, [
      { id, project_id: projectId, version: 1, creator: username, editor: username, ...settingColumns(settings) },
    ]);
    const version = { templateId: id, version: 1, digest: treeDigest(checked), tree: checked, changes: null };
    await insertVersions(tx, [{ ...version, creator: username }]);
    await labelTemplate(tx, { projectId, templateId: id }, labelIds);
    await auditTemplate(tx, { projectId, templateId: id }, actor, 'create');
    return id;
  });
}

export interface TemplateChange extends TemplateKey {
  settings: Partial<TemplateSettings>;
  /** Absent: it stays. */
  tree?: unknown;
  labelIds?: readonly number[];
  /** Number or digest of the version that the change was made of. */
  expectedVersion?: string;
  actor: Actor;
  rights: Rights;
}

export interface SavedVersion {
  version: number;
  digest: string;
  /** Null when there is no new version, because the tree is as it was. */
  changes: TreeChanges | null;
}

/**
 * Changes a template; a tree that differs from the newest one is a new version of it. Tasks keep the version that they
 * were made of.
 *
 * @throws GantryError as `createTemplate`, `not_found` without the template, `wrong_state` when somebody else was faster
 */
export async function updateTemplate(db: Db, change: TemplateChange): Promise<SavedVersion> {
  const { projectId, templateId, settings, labelIds, expectedVersion, actor } = change;
  requireUnsealed(settings, 'settings');
  return transact(db, async (tx) => {
    const template = await lockTemplate(tx, projectId, templateId);
    const newest = template && (await findTemplateTree(tx, projectId, templateId));
    if (!newest) throw noTemplate(templateId);
    if (expectedVersion !== undefined && ![newest.digest, String(newest.version)].includes(expectedVersion)) {
      const { version, digest } = newest;
      throw new GantryError(
        'wrong_state',
        `template[id=${templateId}] is at version ${version} (${digest}) and no longer at ${expectedVersion}`,
        { reason: { code: 'wrong_state', args: { what: 'template', id: templateId, state: String(version) } } },
      );
    }
    const saved = change.tree === undefined ? unchanged(newest) : await saveTree(tx, newest, change.tree, change);
    await changeTemplate(tx, templateId, actor.username, { ...settingColumns(settings), version: saved.version });
    if (labelIds) await labelTemplate(tx, change, labelIds);
    await auditTemplate(tx, change, actor, 'update', { version: saved.version, settings: Object.keys(settings) });
    return saved;
  });
}

async function saveTree(
  tx: DbOrTransaction,
  newest: TemplateTree,
  input: unknown,
  { actor, rights }: TemplateChange,
): Promise<SavedVersion> {
  const previous = newest.tree as PipelineTree;
  const place = placeOfProject(newest.projectId);
  const sent = templateTree(input, { place, rights, previous });
  const tree = await treeOfNext(tx, newest, sent);
  if (tree === undefined) return unchanged(newest);
  const { id, name, projectId } = newest;
  await requireReferences(tx, { projectId, template: { id, name } }, tree);
  return addVersion(tx, newest, tree, actor);
}

/**
 * The tree of a template's next version, as it is kept; undefined when it is the tree of the newest one.
 *
 * @param sent checked, for the place of the template
 */
export async function treeOfNext(
  tx: DbOrTransaction,
  newest: TemplateTree,
  sent: PipelineTree,
): Promise<PipelineTree | undefined> {
  const place = placeOfProject(newest.projectId);
  // Also by what its row has: secrets that were sealed anew since have left its name as it was.
  if ([newest.digest, treeDigest(newest.tree as PipelineTree)].includes(treeDigest(sent))) return undefined;
  return treeFor(tx, place, { tree: sent, place, isOld: writtenAt(newest.writtenAt) });
}

/** @param tree with references that can be unfolded: whoever adds it has looked */
export async function addVersion(
  tx: DbOrTransaction,
  newest: TemplateTree,
  tree: PipelineTree,
  actor: Actor,
): Promise<SavedVersion> {
  const { id } = newest;
  const digest = treeDigest(tree);
  const changes = diffTrees(newest.tree as PipelineTree, tree);
  const version = newest.version + 1;
  await insertVersions(tx, [{ templateId: id, version, digest, tree, changes, creator: actor.username }]);
  return { version, digest, changes };
}

function unchanged({ version, digest }: TemplateTree): SavedVersion {
  return { version, digest, changes: null };
}

async function labelTemplate(
  tx: DbOrTransaction,
  { projectId, templateId }: TemplateKey,
  labelIds: readonly number[],
): Promise<void> {
  const ids = [...new Set(labelIds)];
  const known = projectId === null ? 0 : await countLabels(tx, projectId, ids);
  if (known !== ids.length) throw new GantryError('invalid', 'template_labels contain invalid label ids');
  await setTemplateLabels(tx, templateId, ids);
}

/** Records what was done to a template. */
export async function auditTemplate(
  tx: DbOrTransaction,
  { projectId, templateId }: TemplateKey,
  actor: Actor,
  action: string,
  detail?: unknown,
): Promise<void> {
  await insertAudit(tx, { ...auditOf(actor), projectId, action, object: `template ${templateId}`, detail });
}

/**
 * A version of a template by its digest or its number; the newest when neither is given.
 *
 * @throws GantryError `not_found`
 */
export async function findVersion(
  db: DbOrTransaction,
  { projectId, templateId }: TemplateKey,
  version?: string,
): Promise<TemplateTree> {
  const isNumber = version !== undefined && /^\d{1,9}$/.test(version);
  const digest = isNumber ? await findDigest(db, templateId, Number(version)) : version;
  const found =
    isNumber && digest === undefined ? undefined : await findTemplateTree(db, projectId, templateId, digest);
  if (found) return found;
  throw version === undefined
    ? noTemplate(templateId)
    : new GantryError('not_found', `template[id=${templateId}] has no version ${version}`, {
        reason: { code: 'not_found', args: { what: 'version', id: version } },
      });
}

export function noTemplate(templateId: number): GantryError {
  return new GantryError('not_found', `template[id=${templateId}] does not exist`, {
    reason: { code: 'not_found', args: { what: 'template', id: templateId } },
  });
}
