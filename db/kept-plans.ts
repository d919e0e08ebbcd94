import { sql } from 'kysely';
import type { PoolClient } from 'pg';

const MARK = '/* keep plan */';
/** A mark stands at the start, or behind the first word. */
const MARK_WITHIN = 20;

/**
 * Stands in a statement whose plan Postgres shall keep, a connection at a time: to plan a small statement takes it longer
 * than to run it. For statements whose text is always the same, whose best plan does not depend on the values, and that
 * name the columns of their result: with `*` a migration would break them where they are kept.
 */
export const KEEP_PLAN = sql.raw(MARK);

const names = new Map<string, string>();

/** Lets a connection of the pool keep the plans of marked statements. */
export function keepPlans(client: PoolClient): void {
  const query = client.query.bind(client) as (...call: unknown[]) => unknown;
  function queryKeeping(text: unknown, values: unknown, ...rest: unknown[]): unknown {
    if (typeof text !== 'string' || text.lastIndexOf(MARK, MARK_WITHIN) < 0) return query(text, values, ...rest);
    return query({ name: nameOf(text), text, values }, ...rest);
  }
  client.query = queryKeeping as typeof client.query;
}

function nameOf(text: string): string {
  const name = names.get(text) ?? `kept_${names.size + 1}`;
  names.set(text, name);
  return name;
}
