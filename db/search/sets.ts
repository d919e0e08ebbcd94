import { sql } from 'kysely';
import { type Columns, columnsOf, type Source } from './column';
import { accountOf, isIn, type Place } from './scope';

/**
 * Sets of a business, that of its idle modules too, or of all businesses of an account.
 *
 * @param columns those of their attributes
 */
export function searchedSets(place: Place, columns: Columns): Source {
  return {
    from: sql`sets`,
    scope: isIn('sets', place),
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
