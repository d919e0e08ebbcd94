import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import type { Db } from '../db/connection';
import { toJsonText } from '../db/json';
import { deleteScheme, insertScheme, listSchemes, type SchemeRecord } from '../db/template-schemes';
import { findTemplateTree } from '../db/templates';
import { transact } from '../db/transaction';
import { excludeNodes } from '../pipeline/tree/exclude';
import { own } from '../pipeline/tree/own';
import { pruneConstants } from '../pipeline/tree/prune';
import type { Constant, PipelineTree } from '../pipeline/tree/types';
import { outsideSchemes, schemeKey } from './choose-nodes';
import { auditTemplate, noTemplate, type TemplateKey } from './save';

/**
 * Names a choice among the optional nodes of a template.
 *
 * @throws GantryError `not_found` without the template; `invalid` for nodes that cannot be chosen, or a name that is taken
 */
export async function createScheme(
  db: Db,
  key: TemplateKey,
  { name, nodeIds }: { name: string; nodeIds: readonly string[] },
  actor: Actor,
): Promise<SchemeRecord> {
  const { projectId, templateId } = key;
  return transact(db, async (tx) => {
    const template = await findTemplateTree(tx, projectId, templateId);
    if (!template) throw noTemplate(templateId);
    requireOptional(template.tree as PipelineTree, nodeIds);
    const scheme = { template_id: templateId, name, node_ids: [...new Set(nodeIds)] };
    const id = await insertScheme(tx, { ...scheme, node_ids: toJsonText(scheme.node_ids) });
    if (id === undefined) {
      throw new GantryError('invalid', `scheme with unique_id(${schemeKey(scheme)}) already exists`, {
        reason: { code: 'duplicate', args: { what: 'scheme', name } },
      });
    }
    await auditTemplate(tx, key, actor, 'create_scheme', { name });
    return { id, ...scheme };
  });
}

/** The constants that a task made with a scheme still has. */
export function constantsOfScheme(tree: PipelineTree, scheme: SchemeRecord): Record<string, Constant> {
  const excluded = outsideSchemes(tree, [scheme]);
  return pruneConstants(excludeNodes(tree, excluded), { excluded }).tree.constants;
}

/**
 * @param scheme `47-nightly`, or the number of a scheme
 * @throws GantryError `not_found` when the template has none such
 */
export async function removeScheme(db: Db, key: TemplateKey, scheme: string, actor: Actor): Promise<void> {
  const { projectId, templateId } = key;
  await transact(db, async (tx) => {
    if (!(await findTemplateTree(tx, projectId, templateId))) throw noTemplate(templateId);
    const schemes = await listSchemes(tx, [templateId]);
    const found = schemes.find((candidate) => schemeKey(candidate) === scheme || String(candidate.id) === scheme);
    if (!found || !(await deleteScheme(tx, found.id))) {
      throw new GantryError('not_found', `scheme(${scheme}) of template(${templateId}) does not exist`, {
        reason: { code: 'not_found', args: { what: 'scheme', id: scheme } },
      });
    }
    await auditTemplate(tx, key, actor, 'delete_scheme', { name: found.name });
  });
}

function requireOptional({ activities }: PipelineTree, nodeIds: readonly string[]): void {
  const unknown = nodeIds.filter((id) => !own(activities, id));
  if (unknown.length > 0) {
    throw new GantryError('invalid', `node ids do not exist in template pipeline_tree: ${unknown.join(', ')}`);
  }
  const fixed = nodeIds.filter((id) => !activities[id]!.optional);
  if (fixed.length > 0) {
    throw new GantryError('invalid', `node ids are not optional in template pipeline_tree: ${fixed.join(', ')}`);
  }
}
