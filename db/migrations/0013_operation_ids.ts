import { type Kysely, sql } from 'kysely';

/** An operation that its client sends again, under the same id, has one record. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table audit_records add column operation_id text`.execute(db);
  await sql`
    create unique index audit_records_by_operation on audit_records (task_id, operation_id)
    where operation_id is not null`.execute(db);
}
