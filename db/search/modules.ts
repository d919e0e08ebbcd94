import { sql } from 'kysely';
import type { Database } from '../schema';
import { type ColumnType, columnsOf, type Source } from './column';
import { accountOf } from './scope';

const COLUMNS = {
  id: 'integer',
  business_id: 'integer',
  set_id: 'integer',
  name: 'text',
  kind: 'integer',
  type: 'text',
  operator: 'text',
  backup_operator: 'text',
  created_at: 'time',
  updated_at: 'time',
} satisfies Partial<Record<keyof Database['modules'], ColumnType>>;

/** Modules of a business, or of one of its sets. */
export function searchedModules(businessId: number, setId?: number): Source {
  const ofSet = setId === undefined ? sql`true` : sql`modules.set_id = ${setId}::integer`;
  return {
    from: sql`modules`,
    scope: sql`modules.business_id = ${businessId}::integer and ${ofSet}`,
    key: sql.ref('modules.id'),
    columns: { ...columnsOf('modules', COLUMNS), supplier_account: { type: 'text', value: accountOf('modules') } },
  };
}
