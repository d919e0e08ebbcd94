import { createHash } from 'node:crypto';
import type { NewId } from '../../pipeline/tree/ids';
import type { PipelineTree } from '../../pipeline/tree/types';

/**
 * New ids for the nodes and flows of a template that is imported: the same ones whenever the same file comes for it again,
 * so that what is as it was can be told from what is new.
 */
export function importedId(templateId: number): NewId {
  return (kind, old = '') => {
    const digits = createHash('md5').update(`${kind} ${templateId} ${old}`).digest('hex').slice(0, 31);
    return (kind === 'node' ? 'n' : 'l') + digits;
  };
}

/** For a template that is replaced: what has an id that its tree knows keeps it. */
export function keptId(templateId: number, known: ReadonlySet<string>): NewId {
  const fresh = importedId(templateId);
  return (kind, old) => (old !== undefined && known.has(old) ? old : fresh(kind, old));
}

/** All ids of a tree, those of trees in it included. */
export function idsIn(tree: PipelineTree): Set<string> {
  const ids = new Set<string>();
  const queue = [tree];
  for (const { start_event, end_event, activities, gateways, flows } of queue) {
    for (const id of [start_event.id, end_event.id]) ids.add(id);
    for (const elements of [activities, gateways, flows]) for (const id of Object.keys(elements)) ids.add(id);
    for (const activity of Object.values(activities)) {
      if (activity.type === 'SubProcess' && activity.pipeline) queue.push(activity.pipeline);
    }
  }
  return ids;
}
