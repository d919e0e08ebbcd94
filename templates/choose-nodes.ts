import { GantryError } from '../base/error';
import type { SchemeRecord } from '../db/template-schemes';
import { own } from '../pipeline/tree/own';
import type { PipelineTree } from '../pipeline/tree/types';

/** The number of a scheme, or `47-nightly`; digits in a text are a number. */
export type SchemeId = string | number;

/** What clients call a scheme: `47-nightly` (bk-sops §7.5). */
export function schemeKey({ template_id, name }: Pick<SchemeRecord, 'template_id' | 'name'>): string {
  return `${template_id}-${name}`;
}

/**
 * The schemes of a template that ids name.
 *
 * @param schemes all of the template
 * @throws GantryError `invalid` naming ids that mean no scheme, or the same one as another
 */
export function pickSchemes(ids: readonly SchemeId[], schemes: readonly SchemeRecord[]): SchemeRecord[] {
  const picked = ids.map((id) => ({ id, scheme: schemes.find((scheme) => isNamed(scheme, id)) }));
  const unknown = picked.filter(({ scheme }) => !scheme).map(({ id }) => id);
  if (unknown.length > 0) {
    throw new GantryError('invalid', `unknown template_schemes_id: ${unknown.join(', ')}`, {
      reason: { code: 'not_found', args: { what: 'scheme', id: unknown[0]! } },
    });
  }
  const found = picked.map(({ scheme }) => scheme!);
  const repeated = new Set(picked.filter(({ scheme }, place) => found.indexOf(scheme!) !== place).map(({ id }) => id));
  if (repeated.size > 0) {
    throw new GantryError('invalid', `duplicate template_schemes_id: ${[...repeated].join(', ')}`);
  }
  return found;
}

function isNamed(scheme: SchemeRecord, id: SchemeId): boolean {
  return String(scheme.id) === String(id) || (typeof id === 'string' && schemeKey(scheme) === id);
}

/** Optional activities that are in none of the schemes; without schemes none. */
export function outsideSchemes({ activities }: PipelineTree, schemes: readonly SchemeRecord[]): string[] {
  if (schemes.length === 0) return [];
  const chosen = new Set(schemes.flatMap(({ node_ids }) => node_ids));
  return Object.keys(activities).filter((id) => activities[id]!.optional === true && !chosen.has(id));
}

/**
 * All activities but some, optional or not (bk-sops §7.2, `execute_task_nodes_id`).
 *
 * @throws GantryError `refused` when one is no node of the tree: a slip must not leave out what it was meant to name
 */
export function allBut(tree: PipelineTree, nodeIds: readonly string[]): string[] {
  const others = [tree.start_event.id, tree.end_event.id];
  const unknown = nodeIds.filter((id) => !own(tree.activities, id) && !own(tree.gateways, id) && !others.includes(id));
  if (unknown.length > 0) {
    const problems = unknown.map((id) => `task node[id=${id}] is not in template pipeline tree`);
    throw new GantryError('refused', problems.join('\n'));
  }
  const chosen = new Set(nodeIds);
  return Object.keys(tree.activities).filter((id) => !chosen.has(id));
}
