import type { z } from 'zod';
import type { DbOrTransaction } from '../../db/connection';
import { findTree } from '../../db/tasks';
import { own } from '../../pipeline/tree/own';
import type { PipelineTree } from '../../pipeline/tree/types';
import { findPlugin } from '../../plugins';

/** An output that a plugin says it has. */
export interface DeclaredOutput {
  key: string;
  /** For people. */
  name: string;
}

/** Outputs that a plugin says it has, in the version that the node uses; none of a plugin that does not exist. */
export async function readDeclaredOutputs(
  db: DbOrTransaction,
  { taskId, nodeId, code }: { taskId: number; nodeId: string; code: string },
): Promise<DeclaredOutput[]> {
  const tree = await findTree<PipelineTree>(db, taskId);
  const shape = findPlugin(code, pluginVersion(tree, nodeId) ?? 'legacy')?.outputs.shape ?? {};
  return Object.entries(shape).map(([key, schema]) => ({ key, name: (schema as z.ZodType).description ?? key }));
}

function pluginVersion(tree: PipelineTree, nodeId: string): string | undefined {
  const queue = [tree];
  for (const { activities } of queue) {
    const activity = own(activities, nodeId);
    if (activity) return activity.type === 'ServiceActivity' ? activity.component.version : undefined;
    for (const child of Object.values(activities)) if (child.type === 'SubProcess') queue.push(child.pipeline);
  }
  return undefined;
}
