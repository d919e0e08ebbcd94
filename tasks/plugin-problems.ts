import type { Catalog } from '../pipeline/catalog';
import type { PipelineTree } from '../pipeline/tree/types';
import type { Problem } from '../pipeline/tree/validate';
import { unavailableReason } from '../plugins/unavailable';

/** Activities whose plugin does not exist or cannot run here, in the tree and its unfolded subprocesses. */
export function pluginProblems(tree: PipelineTree, catalog: Catalog): Problem[] {
  return Object.values(tree.activities).flatMap((activity): Problem[] => {
    if (activity.type === 'SubProcess') return activity.pipeline ? pluginProblems(activity.pipeline, catalog) : [];
    const { code, version = 'legacy' } = activity.component;
    if (catalog(code, version)) return [];
    const reason = unavailableReason(code);
    const message = reason
      ? `activity ${activity.id}: plugin ${code} is not available here: ${reason}`
      : `activity ${activity.id}: there is no plugin ${code} of version ${version}`;
    return [{ stage: 'consistency', kind: 'consistency', nodeId: activity.id, message }];
  });
}
