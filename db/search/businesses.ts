import { sql } from 'kysely';
import { type Columns, columnsOf, type Source } from './column';
import { isAmong } from './scope';

/**
 * Businesses of an account, of some projects or of whatever project, and the zones of their projects.
 *
 * @param columns those of their attributes
 */
export function searchedBusinesses(
  { account, projectIds }: { account: string; projectIds: 'all' | readonly number[] },
  columns: Columns,
): Source {
  const ofProjects = projectIds === 'all' ? sql`true` : isAmong('businesses.project_id', projectIds);
  return {
    from: sql`businesses join projects on projects.id = businesses.project_id`,
    scope: sql`businesses.supplier_account = ${account} and ${ofProjects}`,
    key: sql.ref('businesses.id'),
    columns: {
      ...columns,
      ...columnsOf('businesses', { id: 'integer', supplier_account: 'text', created_at: 'time', updated_at: 'time' }),
      kind: { type: 'integer', value: sql`0::integer` },
      // Texts of other tables are collated as the server likes.
      time_zone: { type: 'text', value: sql`projects.time_zone collate "C"` },
    },
  };
}
