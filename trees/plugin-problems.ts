import type { Catalog } from '../pipeline/catalog';
import type { PipelineTree } from '../pipeline/tree/types';
import type { Problem } from '../pipeline/tree/validate';
import { versionsOf } from '../plugins';
import { unavailableReason } from '../plugins/unavailable';

/** Activities whose plugin does not exist or cannot run here, in the tree and its unfolded subprocesses. */
export function pluginProblems(tree: PipelineTree, catalog: Catalog): Problem[] {
  return Object.values(tree.activities).flatMap((activity): Problem[] => {
    if (activity.type === 'SubProcess') return activity.pipeline ? pluginProblems(activity.pipeline, catalog) : [];
    const { code, version = 'legacy' } = activity.component;
    if (catalog(code, version)) return [];
    const reason = unavailableReason(code);
    const problem = reason ? `plugin ${code} is not available here: ${reason}` : missing(code, version);
    const message = `activity ${activity.id}: ${problem}`;
    return [{ stage: 'consistency', kind: 'consistency', nodeId: activity.id, message }];
  });
}

function missing(code: string, version: string): string {
  const versions = versionsOf(code);
  const known = versions.length > 0 ? `: there is ${versions.join(', ')}` : '';
  return `there is no plugin ${code} of version ${version}${known}`;
}
