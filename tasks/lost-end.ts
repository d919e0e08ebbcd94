import type { Db } from '../db/connection';
import { type NodeExecutionChange, reachedNodes } from '../db/node-executions';
import { endEvents } from '../db/notices';
import { recordChanges } from '../db/recording';
import { findProgram, lockTask } from '../db/tasks';
import { transact } from '../db/transaction';
import type { State } from '../pipeline/machine';
import type { Program } from '../pipeline/program';

/**
 * Records how a task has ended whose workflow ended by itself though its last rows are not there, as after a database was
 * restored: the state, the outputs, and of the nodes how each of them stands.
 *
 * @param task as of when its workflow was looked at
 * @param state that the workflow ended with, and when
 * @returns false when something has come of the task since
 */
export function recordLostEnd(
  db: Db,
  task: { id: number; seq: number },
  { state, at }: { state: State; at: Date },
): Promise<boolean> {
  return transact(db, async (tx) => {
    const current = await lockTask(tx, task.id);
    if (!current || current.phase === 'ended' || current.seq !== task.seq) return false;
    const program = await findProgram<Program>(tx, task.id);
    const known = await reachedNodes(tx, task.id);
    const { seq, shown, outputs } = state;
    const { status } = state.pipelines[0]!;
    const end = { seq, status, shown, at: at.getTime(), ...(outputs ? { outputs } : {}) };
    const nodes = state.nodes.flatMap((node, index): NodeExecutionChange[] => {
      const { id } = program.nodes[index]!;
      if (!node || known.get(id)?.status === node.status) return [];
      const { token: _token, autoRetries: _autoRetries, ...standing } = node;
      return [{ ...standing, seq, nodeId: id, finishedAt: end.at }];
    });
    await recordChanges(tx, task.id, { nodes, task: end, events: endEvents(end) });
    return true;
  });
}
