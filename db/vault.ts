import { sql } from 'kysely';
import type { Db } from './connection';

/** Where sealed secrets may stand: table, column, primary key. */
const PLACES: readonly { table: string; column: string; key: readonly string[] }[] = [
  { table: 'task_trees', column: 'tree', key: ['task_id'] },
  { table: 'task_programs', column: 'program', key: ['task_id'] },
  { table: 'tasks', column: 'outputs', key: ['id'] },
  { table: 'template_versions', column: 'tree', key: ['template_id', 'version'] },
  { table: 'template_versions', column: 'changes', key: ['template_id', 'version'] },
  { table: 'periodic_tasks', column: 'tree', key: ['id'] },
  { table: 'clocked_tasks', column: 'task_parameters', key: ['id'] },
  { table: 'callbacks', column: 'body', key: ['id'] },
  { table: 'node_executions', column: 'inputs', key: ['task_id', 'node_id', 'loop', 'retry'] },
  { table: 'node_executions', column: 'outputs', key: ['task_id', 'node_id', 'loop', 'retry'] },
  { table: 'node_executions', column: 'progress', key: ['task_id', 'node_id', 'loop', 'retry'] },
];

/** Rows read at once: a tree may be 10 MB. */
const PAGE = 20;

/**
 * Rewrites every stored text that holds a mark, row by row; a row that changes meanwhile stays as its writer leaves it.
 *
 * @param mark what the texts to rewrite have in them
 * @param rewrite the new text; the same text leaves the row alone
 * @returns rows rewritten, by `table.column`
 */
export async function rewriteStored(
  db: Db,
  mark: string,
  rewrite: (text: string) => string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const place of PLACES) counts[`${place.table}.${place.column}`] = await rewriteColumn(db, place, mark, rewrite);
  return counts;
}

async function rewriteColumn(
  db: Db,
  { table, column, key }: (typeof PLACES)[number],
  mark: string,
  rewrite: (text: string) => string,
): Promise<number> {
  const keys = sql.join(key.map((name) => sql.ref(name)));
  const text = sql`${sql.ref(column)}::text`;
  let after: unknown[] | undefined;
  let count = 0;
  for (;;) {
    const { rows } = await sql<{ key: unknown[]; text: string }>`
      select json_build_array(${keys}) as key, ${text} as text from ${sql.table(table)}
      where position(${mark} in ${text}) > 0 ${after ? sql`and (${keys}) > (${sql.join(after)})` : sql``}
      order by ${keys} limit ${PAGE}`.execute(db);
    for (const row of rows) {
      const rewritten = rewrite(row.text);
      if (rewritten === row.text) continue;
      const { numAffectedRows } = await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${rewritten}::json
        where (${keys}) = (${sql.join(row.key)}) and ${text} = ${row.text}`.execute(db);
      count += Number(numAffectedRows ?? 0);
    }
    if (rows.length < PAGE) return count;
    after = rows.at(-1)!.key;
  }
}
