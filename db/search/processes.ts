import { sql } from 'kysely';
import { type Columns, columnsOf, type Source } from './column';
import { accountOf } from './scope';

/** Processes of a business. @param columns those of their attributes */
export function searchedProcesses(businessId: number, columns: Columns): Source {
  const id = sql.ref('processes.id');
  return {
    from: sql`processes`,
    scope: sql`processes.business_id = ${businessId}::integer`,
    key: id,
    columns: {
      ...columns,
      ...columnsOf('processes', { id: 'integer', business_id: 'integer', created_at: 'time', updated_at: 'time' }),
      supplier_account: { type: 'text', value: accountOf('processes') },
      /** Names of the modules that it is bound to. */
      module_names: {
        type: 'text',
        value: sql.ref('bound.module_name'),
        rows: sql`process_bindings bound
          where bound.process_id = processes.id and bound.business_id = ${businessId}::integer`,
      },
    },
  };
}
