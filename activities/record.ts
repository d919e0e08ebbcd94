import type { Db } from '../db/connection';
import { closeOpenNodeExecutions, upsertNodeExecutions } from '../db/node-executions';
import { recordTaskState } from '../db/tasks';
import type { RecordInput } from '../workflows/contract';

/** Writes what the machine recorded, all or nothing; writing it again changes nothing. */
export async function record(db: Db, { taskId, nodes, task }: RecordInput): Promise<void> {
  if (!task) {
    await upsertNodeExecutions(db, taskId, nodes);
    return;
  }
  await db.transaction().execute(async (tx) => {
    await upsertNodeExecutions(tx, taskId, nodes);
    await recordTaskState(tx, taskId, task);
    const hasEnded = task.status === 'FINISHED' || task.status === 'REVOKED';
    if (hasEnded) await closeOpenNodeExecutions(tx, taskId, new Date(task.at));
  });
}
