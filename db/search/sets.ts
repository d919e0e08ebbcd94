import { sql } from 'kysely';
import type { Database } from '../schema';
import { type ColumnType, columnsOf, type Source } from './column';
import { accountOf } from './scope';

const COLUMNS = {
  id: 'integer',
  business_id: 'integer',
  name: 'text',
  kind: 'integer',
  environment: 'text',
  service_status: 'text',
  capacity: 'integer',
  summary: 'text',
  description: 'text',
  created_at: 'time',
  updated_at: 'time',
} satisfies Partial<Record<keyof Database['sets'], ColumnType>>;

/** Sets of a business, that of its idle modules too. */
export function searchedSets(businessId: number): Source {
  return {
    from: sql`sets`,
    scope: sql`sets.business_id = ${businessId}::integer`,
    key: sql.ref('sets.id'),
    columns: { ...columnsOf('sets', COLUMNS), supplier_account: { type: 'text', value: accountOf('sets') } },
  };
}
