import { sql } from 'kysely';
import type { Database } from '../schema';
import { type ColumnType, columnsOf, type Source } from './column';
import { isAmong } from './scope';

const COLUMNS = {
  id: 'integer',
  supplier_account: 'text',
  name: 'text',
  maintainer: 'text',
  productor: 'text',
  developer: 'text',
  tester: 'text',
  operator: 'text',
  life_cycle: 'text',
  language: 'text',
  created_at: 'time',
  updated_at: 'time',
} satisfies Partial<Record<keyof Database['businesses'], ColumnType>>;

/** Businesses of an account, of some projects or of whatever project, and the zones of their projects. */
export function searchedBusinesses(account: string, projectIds: 'all' | readonly number[]): Source {
  const ofProjects = projectIds === 'all' ? sql`true` : isAmong('businesses.project_id', projectIds);
  return {
    from: sql`businesses join projects on projects.id = businesses.project_id`,
    scope: sql`businesses.supplier_account = ${account} and not businesses.is_deleted and ${ofProjects}`,
    key: sql.ref('businesses.id'),
    columns: {
      ...columnsOf('businesses', COLUMNS),
      // Texts of other tables are collated as the server likes.
      time_zone: { type: 'text', value: sql`projects.time_zone collate "C"` },
    },
  };
}
