import { insertAudit } from '../db/audit';
import type { Db, DbOrTransaction } from '../db/connection';
import { toJsonText } from '../db/json';
import { insertSchemes } from '../db/template-schemes';
import { insertTemplates, insertVersions, reserveIds } from '../db/templates';
import { isJsonObject, type Json } from '../pipeline/json';
import { type IdMap, replaceIds } from '../pipeline/tree/ids';
import type { PipelineTree } from '../pipeline/tree/types';
import { placeOfProject } from '../secrets/place';
import { type Actor, auditOf } from '../tasks/actor';
import { newId } from '../tasks/create';
import { GantryError } from '../tasks/error';
import { cleanName } from '../tasks/names';
import { dropProxies } from '../tasks/proxies';
import type { Rights } from '../tasks/rights';
import { requireUnsealed } from '../tasks/seal';
import type { BundledTemplate, UncheckedTemplate } from './bundle';
import { treeDigest } from './digest';
import { importOrder } from './import-order';
import { type Reference, referencesIn } from './references';
import { settingColumns } from './settings';
import { templateTree } from './template-tree';

const MAX_TEMPLATES = 500;

export interface ImportOptions {
  /** Where they come to be; null makes them common. */
  projectId: number | null;
  /** Whether subprocesses that are common templates and not in the bundle go on naming those. */
  keepsCommon: boolean;
  /** Proxies that the sender may not set are left out, those of nodes too. */
  rights: Rights;
  actor: Actor;
}

/** A template that is about to be written. */
interface Imported extends BundledTemplate {
  id: number;
  digest: string;
  nodeIds: IdMap;
  /** By what a `scheme_id_list` may call them: number, or `<template>-<name>`. */
  schemeIds: ReadonlyMap<string, number>;
  newSchemes: { id: number; name: string; nodeIds: string[] }[];
}

/**
 * Makes new templates of a bundle, with new ids for templates, nodes and schemes; all of them or none.
 *
 * @returns names by id
 * @throws GantryError `refused` naming the template that cannot be imported, with the problems of its tree in the details
 */
export async function importTemplates(
  db: Db,
  bundle: readonly UncheckedTemplate[],
  options: ImportOptions,
): Promise<Record<number, string>> {
  requireUsable(bundle);
  const ordered = importOrder(bundle.map((template) => checked(template, options)));
  return db.transaction().execute(async (tx) => {
    const imported = await renumber(tx, ordered, options);
    await write(tx, imported, options);
    return Object.fromEntries(imported.map(({ id, settings }) => [id, settings.name]));
  });
}

function requireUsable(bundle: readonly UncheckedTemplate[]): void {
  if (bundle.length === 0) throw new GantryError('refused', 'there is no template in it');
  if (bundle.length > MAX_TEMPLATES) {
    throw new GantryError(
      'refused',
      `there are ${bundle.length} templates in it, ${MAX_TEMPLATES} can be imported at once`,
    );
  }
  const keys = new Set<string>();
  for (const { key, settings } of bundle) {
    if (keys.has(key)) throw new GantryError('refused', `template "${settings.name}": its key ${key} is used twice`);
    keys.add(key);
    if (cleanName(settings.name) === '') throw new GantryError('refused', `template ${key} has no name`);
  }
}

function checked(template: UncheckedTemplate, { projectId, rights }: ImportOptions): BundledTemplate {
  const settings = { ...template.settings, name: cleanName(template.settings.name) };
  try {
    requireUnsealed(settings, 'settings');
    dropProxies(template.tree, rights);
    return { ...template, settings, tree: templateTree(template.tree, { place: placeOfProject(projectId), rights }) };
  } catch (error) {
    if (!(error instanceof GantryError)) throw error;
    throw error.as('refused', `template "${settings.name}": ${error.message}`);
  }
}

/** @param ordered each after those that it refers to */
async function renumber(
  tx: DbOrTransaction,
  ordered: readonly BundledTemplate[],
  options: ImportOptions,
): Promise<Imported[]> {
  const ids = await reserveIds(tx, 'templates', ordered.length);
  const schemeCount = ordered.reduce((count, { schemes }) => count + schemes.length, 0);
  const freeSchemeIds = await reserveIds(tx, 'template_schemes', schemeCount);
  const byKey = new Map<string, Imported>();
  for (const [index, template] of ordered.entries()) {
    const { tree, ids: nodeIds } = replaceIds(template.tree, newId);
    for (const [id, activity] of Object.entries(tree.activities)) activity.template_node_id = id;
    for (const reference of referencesIn(tree)) {
      const target = byKey.get(String(reference.template_id));
      if (target) redirect(reference, target, template, options);
      else if (!options.keepsCommon || reference.template_source !== 'common') {
        const missing = `subprocess ${reference.name} refers to template ${reference.template_id}, which is not there`;
        throw new GantryError('refused', `template "${template.settings.name}": its ${missing}`);
      }
    }
    const numbered = template.schemes.map((scheme) => ({ ...scheme, newId: freeSchemeIds.shift()! }));
    byKey.set(template.key, {
      ...template,
      id: ids[index]!,
      tree,
      digest: treeDigest(tree),
      nodeIds,
      schemeIds: new Map(
        numbered.flatMap(({ id, name, newId }) => [
          [`${template.key}-${name}`, newId] as const,
          ...(id === undefined ? [] : [[String(id), newId] as const]),
        ]),
      ),
      newSchemes: numbered.map(({ newId, name, nodeIds: chosen }) => ({
        id: newId,
        name,
        nodeIds: chosen.flatMap((id) => nodeIds.get(id) ?? []),
      })),
    });
  }
  return [...byKey.values()];
}

/** Makes a subprocess name the template as it is imported, and what it says of that one's schemes and nodes follow. */
function redirect(reference: Reference, target: Imported, { settings }: BundledTemplate, options: ImportOptions): void {
  reference.template_id = String(target.id);
  reference.template_source = options.projectId === null ? 'common' : 'project';
  reference.version = target.digest;
  const { scheme_id_list, constants } = reference;
  if (Array.isArray(scheme_id_list)) {
    reference.scheme_id_list = scheme_id_list.map((old) => {
      const fresh = target.schemeIds.get(String(old));
      if (fresh !== undefined) return fresh;
      const missing = `scheme ${old} of template "${target.settings.name}", which is not there`;
      throw new GantryError('refused', `template "${settings.name}": its subprocess ${reference.name} uses ${missing}`);
    });
  }
  if (isJsonObject(constants)) {
    reference.constants = Object.fromEntries(
      Object.entries(constants).map(([key, constant]) => [key, withNodes(constant, target.nodeIds)]),
    );
  }
}

/** A constant that is given to a subprocess, whose sources are the subprocess's nodes. */
function withNodes(constant: Json, nodeIds: IdMap): Json {
  if (!isJsonObject(constant) || !isJsonObject(constant.source_info)) return constant;
  const sources = Object.entries(constant.source_info).map(([id, fields]) => [nodeIds.get(id) ?? id, fields]);
  return { ...constant, source_info: Object.fromEntries(sources) };
}

async function write(tx: DbOrTransaction, imported: readonly Imported[], options: ImportOptions): Promise<void> {
  const { projectId, actor, rights } = options;
  const { username } = actor;
  const rows = imported.map(({ id, settings }) => {
    const executorProxy = rights.mayProxy(settings.executorProxy) ? settings.executorProxy : '';
    const columns = settingColumns({ ...settings, executorProxy });
    return { id, project_id: projectId, version: 1, creator: username, editor: username, ...columns };
  });
  await insertTemplates(tx, rows);
  const versions = imported.map(({ id, digest, tree }) => versionOf(id, digest, tree, username));
  await insertVersions(tx, versions);
  const schemes = imported.flatMap(({ id: template_id, newSchemes }) =>
    newSchemes.map(({ id, name, nodeIds }) => ({ id, template_id, name, node_ids: toJsonText(nodeIds) })),
  );
  await insertSchemes(tx, schemes);
  const object = `templates ${imported.map(({ id }) => id).join(', ')}`;
  await insertAudit(tx, { ...auditOf(actor), projectId, action: 'import', object });
}

function versionOf(templateId: number, digest: string, tree: PipelineTree, creator: string) {
  return { templateId, version: 1, digest, tree, changes: null, creator };
}
