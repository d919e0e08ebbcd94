import type { Insertable } from 'kysely';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

/** Something that was done, by whom; times are the database's. */
export interface AuditRecord {
  projectId: number | null;
  appCode: string;
  username: string;
  /** `create`, `start`, `retry` … as spec 7.4 (get_task_operate_record) names them. */
  action: string;
  source?: string;
  taskId?: number;
  nodeId?: string;
  /** What was changed where it is no task: `template 7`. */
  object?: string;
  /** More of it, without secrets. */
  detail?: unknown;
}

/** Writes what was done; call it in the transaction that does it. */
export async function insertAudit(db: DbOrTransaction, record: AuditRecord): Promise<string> {
  const { id } = await db
    .insertInto('audit_records')
    .values({ ...auditRow(record), task_id: record.taskId ?? null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The row of something that was done, but for its task. */
export function auditRow(record: Omit<AuditRecord, 'taskId'>): Insertable<Database['audit_records']> {
  return {
    project_id: record.projectId,
    app_code: record.appCode,
    username: record.username,
    action: record.action,
    source: record.source ?? 'api',
    node_id: record.nodeId ?? null,
    object: record.object ?? '',
    detail: record.detail === undefined ? null : toJsonText(record.detail),
  };
}

/** Takes back what was not done after all. */
export async function deleteAudit(db: DbOrTransaction, id: string): Promise<void> {
  await db.deleteFrom('audit_records').where('id', '=', id).execute();
}

/** What was done with a task, or with one of its nodes, newest first. */
export function listTaskAudit(
  db: DbOrTransaction,
  taskId: number,
  { nodeId, limit }: { nodeId?: string; limit: number },
) {
  return db
    .selectFrom('audit_records')
    .select(['id', 'at', 'username', 'action', 'source', 'node_id', 'detail'])
    .where('task_id', '=', taskId)
    .$if(nodeId !== undefined, (query) => query.where('node_id', '=', nodeId!))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
