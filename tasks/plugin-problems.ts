import type { Catalog } from '../pipeline/catalog';
import type { PipelineTree } from '../pipeline/tree/types';
import type { Problem } from '../pipeline/tree/validate';

/** Activities whose plugin does not exist, in the tree and its subprocesses. */
export function pluginProblems(tree: PipelineTree, catalog: Catalog): Problem[] {
  return Object.values(tree.activities).flatMap((activity): Problem[] => {
    if (activity.type === 'SubProcess') return pluginProblems(activity.pipeline, catalog);
    const { code, version = 'legacy' } = activity.component;
    if (catalog(code, version)) return [];
    const message = `activity ${activity.id}: there is no plugin ${code} of version ${version}`;
    return [{ stage: 'consistency', kind: 'consistency', nodeId: activity.id, message }];
  });
}
