import { GantryError } from '../../base/error';
import { MAX_NESTING } from '../../pipeline/tree/limits';
import type { PipelineTree } from '../../pipeline/tree/types';
import { referencesIn } from '../references';

/** A template of a bundle whose tree is checked. */
export interface Checked {
  key: string;
  settings: { name: string };
  tree: PipelineTree;
}

/**
 * The templates of a bundle, each after those that it refers to; references that the bundle has nothing for are left out.
 *
 * @throws GantryError `refused` naming a template that comes again inside itself, or one that is nested too deep
 */
export function importOrder<T extends Checked>(bundle: readonly T[]): T[] {
  const byKey = new Map(bundle.map((template) => [template.key, template]));
  const depths = new Map<string, number>();
  const order: T[] = [];
  const open = new Set<string>();

  const visit = (template: T): number => {
    const known = depths.get(template.key);
    if (known !== undefined) return known;
    if (open.has(template.key)) {
      throw new GantryError('refused', `template "${template.settings.name}" comes again inside itself`);
    }
    // Keeps this recursion within bounds, too.
    if (open.size > MAX_NESTING) throw tooDeep(template);
    open.add(template.key);
    const inner = referencesIn(template.tree).flatMap(({ template_id }) => byKey.get(String(template_id)) ?? []);
    const depth = Math.max(0, ...new Set(inner.map((one) => 1 + visit(one))));
    if (depth > MAX_NESTING) throw tooDeep(template);
    open.delete(template.key);
    depths.set(template.key, depth);
    order.push(template);
    return depth;
  };
  for (const template of bundle) visit(template);
  return order;
}

function tooDeep({ settings }: Checked): GantryError {
  const message = `subprocesses of template "${settings.name}" are nested deeper than ${MAX_NESTING} levels`;
  return new GantryError('refused', message);
}
