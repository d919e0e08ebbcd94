import type { PipelineTree } from '../../pipeline/tree/types';

/**
 * Submitted ids to the ids of the created task: elements keep their places. Nodes of subprocesses are in it too.
 */
export function mapIds(submitted: PipelineTree, created: PipelineTree): Record<string, string> {
  const ids: Record<string, string> = {
    [submitted.start_event.id]: created.start_event.id,
    [submitted.end_event.id]: created.end_event.id,
  };
  for (const section of ['activities', 'gateways', 'flows'] as const) {
    const createdIds = Object.keys(created[section] ?? {});
    Object.keys(submitted[section] ?? {}).forEach((id, place) => {
      ids[id] = createdIds[place]!;
    });
  }
  for (const [id, activity] of Object.entries(submitted.activities)) {
    const child = created.activities[ids[id]!];
    if (activity.type !== 'SubProcess' || child?.type !== 'SubProcess') continue;
    Object.assign(ids, mapIds(activity.pipeline, child.pipeline));
  }
  return ids;
}
