import { sql } from 'kysely';
import type { Db, DbOrTransaction } from './connection';
import { VAULT_PLACES, type VaultPlace } from './vault-places';

/** Rows read at once: a tree may be 10 MB. */
const PAGE = 20;

/** When secrets began to be sealed for their project, and the last task from before. */
export interface SecretsUpgrade {
  at: Date;
  lastTaskId: number;
}

export async function findSecretsUpgrade(db: DbOrTransaction): Promise<SecretsUpgrade> {
  const { secrets_placed_at: at, last_unplaced_task: lastTaskId } = await db
    .selectFrom('installation')
    .select(['secrets_placed_at', 'last_unplaced_task'])
    .executeTakeFirstOrThrow();
  return { at, lastTaskId };
}

/** A text of a row that may hold secrets. */
export interface StoredText {
  table: string;
  column: string;
  /** The primary key, as people write it: `7`, or `7/n1/1/0`. */
  id: string;
  /** Null for what is common. */
  projectId: number | null;
  text: string;
}

/**
 * Rewrites every stored text that holds a mark, row by row; a row that changes meanwhile stays as its writer leaves it.
 *
 * @param mark what the texts to rewrite have in them
 * @param rewrite the new text; the same text leaves the row alone
 * @param failed is told of a row that the database did not take
 * @returns rows rewritten, by `table.column`
 */
export async function rewriteStored(
  db: Db,
  mark: string,
  rewrite: (stored: StoredText) => string,
  failed: (stored: StoredText, error: Error) => void,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const place of VAULT_PLACES) {
    let count = 0;
    for await (const { stored, key } of storedTexts(db, place, mark)) {
      const rewritten = rewrite(stored);
      if (rewritten === stored.text) continue;
      try {
        count += await replaceText(db, place, { key, before: stored.text, after: rewritten });
      } catch (error) {
        failed(stored, error as Error);
      }
    }
    counts[`${place.table}.${place.column}`] = count;
  }
  return counts;
}

async function* storedTexts(db: Db, { table, column, key, project }: VaultPlace, mark: string) {
  const keys = keysOf(key);
  const text = sql`${sql.ref(column)}::text`;
  for (let after: unknown[] | undefined; ; ) {
    const { rows } = await sql<{ key: unknown[]; projectId: number | null; text: string }>`
      select json_build_array(${keys}) as key, ${sql.raw(project)} as "projectId", ${text} as text
      from ${sql.table(table)}
      where position(${mark} in ${text}) > 0 ${after ? sql`and (${keys}) > (${sql.join(after)})` : sql``}
      order by ${keys} limit ${PAGE}`.execute(db);
    for (const { key, projectId, text } of rows) {
      yield { key, stored: { table, column, id: key.join('/'), projectId, text } };
    }
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.key;
  }
}

async function replaceText(
  db: Db,
  { table, column, key: names }: VaultPlace,
  { key, before, after }: { key: unknown[]; before: string; after: string },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${after}::json
    where (${keysOf(names)}) = (${sql.join(key)}) and ${sql.ref(column)}::text = ${before}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

function keysOf(names: readonly string[]) {
  return sql.join(names.map((name) => sql.ref(name)));
}
