import { sql } from 'kysely';
import type { Database } from '../schema';
import { type Column, type ColumnType, columnsOf, type Source } from './column';
import { isAmong } from './scope';

const COLUMNS = {
  id: 'integer',
  supplier_account: 'text',
  cloud_id: 'integer',
  address: 'text',
  name: 'text',
  outer_address: 'text',
  os_name: 'text',
  operator: 'text',
  backup_operator: 'text',
  comment: 'text',
  asset_id: 'text',
  serial_number: 'text',
  is_disabled: 'boolean',
  created_at: 'time',
  updated_at: 'time',
} satisfies Partial<Record<keyof Database['hosts'], ColumnType>>;

/** Where hosts are: in projects, in none, or wherever. */
export type HostPlace = { projectIds: readonly number[] } | 'pool' | 'anywhere';

/** Hosts of an account, with their businesses, and the many tags, modules and sets of each. */
export function searchedHosts(account: string, place: HostPlace): Source {
  return {
    from: sql`hosts left join businesses on businesses.project_id = hosts.project_id and not businesses.is_deleted`,
    scope: sql`hosts.supplier_account = ${account} and ${isAt(place)}`,
    key: sql.ref('hosts.id'),
    columns: {
      ...columnsOf('hosts', COLUMNS),
      business_id: { type: 'integer', value: sql.ref('businesses.id') },
      business_name: { type: 'text', value: sql.ref('businesses.name') },
      tags: {
        type: 'text',
        value: sql.ref('host_tags.tag'),
        rows: sql`host_tags where host_tags.host_id = hosts.id`,
      },
      module_ids: ofModules('integer', 'module_hosts.module_id'),
      module_names: ofModules('text', 'modules.name', sql`join modules on modules.id = module_hosts.module_id`),
      set_ids: ofModules('integer', 'modules.set_id', sql`join modules on modules.id = module_hosts.module_id`),
      set_names: ofModules(
        'text',
        'sets.name',
        sql`join modules on modules.id = module_hosts.module_id join sets on sets.id = modules.set_id`,
      ),
    },
  };
}

function isAt(place: HostPlace) {
  if (place === 'anywhere') return sql`true`;
  return place === 'pool' ? sql`hosts.project_id is null` : isAmong('hosts.project_id', place.projectIds);
}

function ofModules(type: ColumnType, value: string, joined = sql``): Column {
  return { type, value: sql.ref(value), rows: sql`module_hosts ${joined} where module_hosts.host_id = hosts.id` };
}
