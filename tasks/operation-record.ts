import type { Actor } from '../base/actor';
import { type AuditRecord, auditOf, deleteAudit, insertAudit, keepAudit } from '../db/audit';
import type { Db } from '../db/connection';
import type { TaskRecord } from '../db/tasks';
import { wordOf } from '../pipeline/machine';
import type { UpdateInput } from '../workflows/contract';

/** What is sent, and by whom. */
export interface Sent {
  operation: UpdateInput;
  actor: Actor;
}

/**
 * Records an operation before it is sent: one that is done is never missing, one that failed is taken back, one that comes
 * again under its id has one record.
 *
 * @param send is told whether it has been recorded before
 */
export async function recorded<T extends { kind: string }>(
  db: Db,
  task: TaskRecord,
  sent: Sent,
  send: (isRepeated: boolean) => Promise<T>,
): Promise<T> {
  const record = recordOf(task, sent);
  const written = await insertAudit(db, record);
  const answer = await send(written === undefined);
  if (!written) {
    // Whoever has recorded it may be about to take it back: they were refused.
    if (answer.kind === 'accepted') await keepAudit(db, record);
    return answer;
  }
  // Without an answer it may be done yet: the record stays.
  if (answer.kind !== 'accepted' && answer.kind !== 'no_worker') await deleteAudit(db, written);
  return answer;
}

function recordOf(task: TaskRecord, { operation, actor }: Sent): AuditRecord {
  return {
    ...auditOf(actor),
    projectId: task.project_id,
    taskId: task.id,
    action: wordOf(operation.action),
    ...('node' in operation ? { nodeId: operation.node } : {}),
    ...detailOf(operation),
    operationId: operation.id,
  };
}

/** Whoever says what is to be done answers for it (`listChangers`). */
function detailOf(operation: UpdateInput): Pick<AuditRecord, 'detail'> {
  switch (operation.action) {
    case 'retry': {
      const inputs = Object.keys(operation.inputs ?? {});
      return inputs.length > 0 ? { detail: { inputs } } : {};
    }
    case 'set_constants':
      return { detail: { constants: Object.keys(operation.constants) } };
    default:
      return {};
  }
}
