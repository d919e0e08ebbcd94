import { sql } from 'kysely';
import { type Columns, columnsOf, type Source } from './column';
import { accountOf } from './scope';

/** Modules of a business, or of one of its sets. @param columns those of their attributes */
export function searchedModules(
  { businessId, setId }: { businessId: number; setId?: number | undefined },
  columns: Columns,
): Source {
  const ofSet = setId === undefined ? sql`true` : sql`modules.set_id = ${setId}::integer`;
  return {
    from: sql`modules`,
    scope: sql`modules.business_id = ${businessId}::integer and ${ofSet}`,
    key: sql.ref('modules.id'),
    columns: {
      ...columns,
      ...columnsOf('modules', {
        id: 'integer',
        business_id: 'integer',
        set_id: 'integer',
        kind: 'integer',
        created_at: 'time',
        updated_at: 'time',
      }),
      supplier_account: { type: 'text', value: accountOf('modules') },
    },
  };
}
