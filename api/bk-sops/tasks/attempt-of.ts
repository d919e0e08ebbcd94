import { GantryError } from '../../../base/error';
import type { TaskRecord } from '../../../db/tasks';
import { type Attempt, readAttempts } from '../../../tasks/view/attempts';
import type { Call } from '../endpoint';
import { versionOf } from '../state-tree';

/**
 * An attempt of a node by its version.
 *
 * @throws GantryError `invalid` when there is none
 */
export async function requireAttempt(
  { services }: Call,
  task: TaskRecord,
  nodeId: string,
  version: string,
): Promise<Attempt> {
  const attempts = await readAttempts(services.db, task.id, nodeId);
  const attempt = attempts.find(({ loop, retry }) => versionOf(task.id, nodeId, loop, retry) === version);
  if (attempt) return attempt;
  throw new GantryError('invalid', `node[node_id=${nodeId}] of task[id=${task.id}] has no version ${version}`);
}

/**
 * The newest attempt of a node.
 *
 * @throws GantryError `invalid` when it was not reached
 */
export async function requireNewestAttempt({ services }: Call, task: TaskRecord, nodeId: string): Promise<Attempt> {
  const attempt = (await readAttempts(services.db, task.id, nodeId)).at(-1);
  if (attempt) return attempt;
  throw new GantryError('invalid', `node[node_id=${nodeId}] of task[id=${task.id}] has not begun`);
}
