import { isDeepStrictEqual } from 'node:util';
import { GantryError } from '../../base/error';
import { auditOf, insertAudit } from '../../db/audit';
import type { DbOrTransaction } from '../../db/connection';
import { toJsonText } from '../../db/json';
import { changeScheme, insertSchemes } from '../../db/template-schemes';
import { changeTemplate, insertTemplates, insertVersions } from '../../db/templates';
import { originText } from '../origin';
import { addVersion } from '../save';
import { changedColumns, DEFAULT_SETTINGS, settingColumns, type TemplateSettings } from '../settings';
import type { Imported, ImportOptions, Numbered, Target } from './types';
import { WholeCheck } from './wholes';

type Replacing = Numbered & { target: Target };

/**
 * Writes new templates, and what is new of those that are replaced.
 *
 * @returns what was done with each, by key
 */
export async function writeTemplates(
  tx: DbOrTransaction,
  numbered: readonly Numbered[],
  options: ImportOptions,
): Promise<Map<string, Imported>> {
  const done = new Map<string, Imported>();
  const fresh = numbered.filter(({ target }) => target === undefined);
  await insertAll(tx, fresh, options);
  const check = new WholeCheck(numbered);
  for (const template of numbered) {
    const { key, id, settings } = template;
    const outcome = template.target
      ? await naming(template, replace(tx, template as Replacing, check, options))
      : ({ action: 'created', version: 1 } as const);
    done.set(key, { key, id, name: settings.name, ...outcome });
  }
  if (options.override) for (const template of fresh) await naming(template, check.require(tx, template, options));
  const { projectId, actor } = options;
  const object = `templates ${[...new Set(numbered.map(({ id }) => id))].join(', ')}`;
  const detail = { actions: Object.fromEntries([...done.values()].map(({ id, action }) => [id, action])) };
  await insertAudit(tx, { ...auditOf(actor), projectId, action: 'import', object, detail });
  return done;
}

async function insertAll(tx: DbOrTransaction, fresh: readonly Numbered[], options: ImportOptions): Promise<void> {
  const { projectId, actor } = options;
  const { username } = actor;
  const rows = fresh.map((template) => ({
    id: template.id,
    project_id: projectId,
    version: 1,
    creator: username,
    editor: username,
    origin: template.origin ? originText(template.origin) : null,
    ...settingColumns({ ...DEFAULT_SETTINGS, ...settingsOf(template, options) }),
  }));
  await insertTemplates(tx, rows);
  const versions = fresh.map(({ id, digest, tree }) => ({
    templateId: id,
    version: 1,
    digest,
    tree,
    changes: null,
    creator: username,
  }));
  await insertVersions(tx, versions);
  await insertSchemes(tx, fresh.flatMap(schemeRows));
}

async function replace(
  tx: DbOrTransaction,
  template: Replacing,
  check: WholeCheck,
  options: ImportOptions,
): Promise<Pick<Imported, 'action' | 'version'>> {
  const { id, tree, target, isNewTree } = template;
  const { version } = target.compared;
  if (target.isOlderVersion) return { action: 'unchanged', version };
  if (isNewTree) await check.require(tx, template, options);
  const saved = isNewTree ? await addVersion(tx, target.compared, tree, options.actor) : { version };
  const columns = changedColumns(target.row, settingsOf(template, options));
  const hasNewSchemes = await writeSchemes(tx, template);
  if (!isNewTree && !hasNewSchemes && Object.keys(columns).length === 0) return { action: 'unchanged', version };
  await changeTemplate(tx, id, options.actor.username, { ...columns, version: saved.version });
  return { action: 'updated', version: saved.version };
}

/** Schemes of the same name are as the file has them; others stay. Whether anything was to be done. */
async function writeSchemes(tx: DbOrTransaction, { target, ...template }: Replacing): Promise<boolean> {
  const kept = new Map(target.schemes.map(({ id, node_ids }) => [id, node_ids]));
  const changed = template.newSchemes.filter(({ id, nodeIds }) => !isDeepStrictEqual(kept.get(id), nodeIds));
  for (const { id, nodeIds } of changed) if (kept.has(id)) await changeScheme(tx, id, nodeIds);
  const added = changed.filter(({ id }) => !kept.has(id));
  await insertSchemes(tx, schemeRows({ ...template, newSchemes: added }));
  return changed.length > 0;
}

function schemeRows({ id: template_id, newSchemes }: Pick<Numbered, 'id' | 'newSchemes'>) {
  return newSchemes.map(({ id, name, nodeIds }) => ({ id, template_id, name, node_ids: toJsonText(nodeIds) }));
}

/** Without a proxy that the sender may not set. */
function settingsOf(
  { settings: { executorProxy, ...settings } }: Numbered,
  { rights }: ImportOptions,
): Partial<TemplateSettings> & { name: string } {
  return executorProxy !== undefined && rights.mayProxy(executorProxy) ? { ...settings, executorProxy } : settings;
}

/** What is wrong with a template says which one it is. */
async function naming<T>({ settings }: Numbered, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof GantryError)) throw error;
    throw error.as('refused', `template "${settings.name}": ${error.message}`);
  });
}
