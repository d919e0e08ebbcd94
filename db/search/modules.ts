import { sql } from 'kysely';
import { type Columns, columnsOf, type Source } from './column';
import { accountOf, isIn, type Place } from './scope';

/**
 * Modules of a business, or of one of its sets, or of all businesses of an account.
 *
 * @param columns those of their attributes
 */
export function searchedModules(place: Place & { setId?: number | undefined }, columns: Columns): Source {
  const ofSet = place.setId === undefined ? sql`true` : sql`modules.set_id = ${place.setId}::integer`;
  return {
    from: sql`modules`,
    scope: sql`${isIn('modules', place)} and ${ofSet}`,
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
