import { type Insertable, sql } from 'kysely';
import type { Actor } from '../base/actor';
import { chunksOf } from './chunks';
import type { DbOrTransaction } from './connection';
import { toJsonText } from './json';
import type { Database } from './schema';

const RECORDS_AT_ONCE = 5_000;

/** What an operation's record is unique by. */
const OPERATION = ['task_id', 'operation_id'] as const;

/** Something that was done, by whom; times are the database's. */
export interface AuditRecord {
  projectId: number | null;
  appCode: string;
  username: string;
  /** `create`, `start`, `retry` … as bk-sops §7.4 (get_task_operate_record) names them. */
  action: string;
  source?: string;
  taskId?: number;
  nodeId?: string;
  /** What was changed where it is no task: `template 7`. */
  object?: string;
  /** More of it, without secrets. */
  detail?: unknown;
  /** Of an operation of the task: it has one record, however often it comes. */
  operationId?: string;
}

/** The part of an audit record that says who. */
export function auditOf({ username, appCode, source }: Actor): Pick<AuditRecord, 'username' | 'appCode' | 'source'> {
  return { username, appCode, source };
}

/**
 * Writes what was done; call it in the transaction that does it.
 *
 * @returns undefined when the operation has its record already
 */
export function insertAudit(db: DbOrTransaction, record: AuditRecord): Promise<InsertedAudit | undefined> {
  return db
    .insertInto('audit_records')
    .values({ ...auditRow(record), task_id: record.taskId ?? null })
    .onConflict((operation) => operation.columns(OPERATION).where('operation_id', 'is not', null).doNothing())
    .returning(['id', sql<string>`xmin::text`.as('version')])
    .executeTakeFirst();
}

/** Writes what was done to several objects, in few statements; of operations of tasks `insertAudit` keeps the records apart. */
export async function insertAudits(
  db: DbOrTransaction,
  records: readonly Omit<AuditRecord, 'taskId'>[],
): Promise<void> {
  for (const some of chunksOf(records, RECORDS_AT_ONCE)) await insertSome(db, some);
}

async function insertSome(db: DbOrTransaction, records: readonly Omit<AuditRecord, 'taskId'>[]): Promise<void> {
  // One parameter, whatever their number.
  const rows = records.map(({ detail, ...record }) => ({ ...auditRow(record), detail }));
  await sql`
    insert into audit_records
           (project_id, app_code, username, action, source, node_id, object, detail, operation_id)
    select project_id, app_code, username, action, source, node_id, object, detail, operation_id
      from json_to_recordset(${toJsonText(rows)}::json) as given (
           project_id integer, app_code text, username text, action text, source text, node_id text, object text,
           detail json, operation_id text)`.execute(db);
}

/** A record as it was written. */
export interface InsertedAudit {
  id: string;
  version: string;
}

/** Sees to it that an operation has its record, which from now on is not taken back by who has written it. */
export async function keepAudit(db: DbOrTransaction, record: AuditRecord): Promise<void> {
  await db
    .insertInto('audit_records')
    .values({ ...auditRow(record), task_id: record.taskId ?? null })
    .onConflict((operation) =>
      operation
        .columns(OPERATION)
        .where('operation_id', 'is not', null)
        .doUpdateSet(({ ref }) => ({ operation_id: ref('excluded.operation_id') })),
    )
    .execute();
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
    operation_id: record.operationId ?? null,
  };
}

/** Takes back what was not done after all, unless somebody else has kept it. */
export async function deleteAudit(db: DbOrTransaction, { id, version }: InsertedAudit): Promise<void> {
  await db.deleteFrom('audit_records').where('id', '=', id).where(sql<boolean>`xmin::text = ${version}`).execute();
}

/** Whether an operation has been recorded as of this kind. */
export async function hasAudit(
  db: DbOrTransaction,
  { taskId, action, operationId }: { taskId: number; action: string; operationId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('audit_records')
    .select('id')
    .where('task_id', '=', taskId)
    .where('operation_id', '=', operationId)
    .where('action', '=', action)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether something of this kind was done with the task after the operation. */
export async function isOvertaken(
  db: DbOrTransaction,
  { taskId, action, operationId }: { taskId: number; action: string; operationId: string },
): Promise<boolean> {
  const newest = await db
    .selectFrom('audit_records')
    .select('operation_id')
    .where('task_id', '=', taskId)
    .where('action', '=', action)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.operation_id !== operationId;
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
