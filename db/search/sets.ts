import { sql } from 'kysely';
import { type Columns, columnsOf, type Source } from './column';
import { accountOf } from './scope';

/** Sets of a business, that of its idle modules too. @param columns those of their attributes */
export function searchedSets(businessId: number, columns: Columns): Source {
  return {
    from: sql`sets`,
    scope: sql`sets.business_id = ${businessId}::integer`,
    key: sql.ref('sets.id'),
    columns: {
      ...columns,
      ...columnsOf('sets', {
        id: 'integer',
        business_id: 'integer',
        kind: 'integer',
        created_at: 'time',
        updated_at: 'time',
      }),
      supplier_account: { type: 'text', value: accountOf('sets') },
    },
  };
}
