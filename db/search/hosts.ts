import { sql } from 'kysely';
import { characterCount } from '../../base/text';
import { KINDS } from '../businesses';
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

/** What stands in front of the name of a host variable, as a column. */
export const VARIABLE = 'variables.';

/** One text for a module of a set, by their names, which may have anything in them. */
export function modulePath(set: string, module: string): string {
  return `${characterCount(set)}:${set}${module}`;
}

/**
 * Hosts of an account, with their businesses, and the many tags, modules, sets and processes of each.
 *
 * @param variables names of the host variables that are asked for, of which each host has one value or none
 */
export function searchedHosts(account: string, place: HostPlace, variables: readonly string[] = []): Source {
  return {
    from: sql`hosts left join businesses on businesses.project_id = hosts.project_id`,
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
      module_paths: MODULE_PATHS,
      pool_id: ofPool('integer', 'pool_hosts.pool_id'),
      pool_name: ofPool('text', 'pools.name', sql`join pools on pools.id = pool_hosts.pool_id`),
      process_ids: PROCESS_IDS,
      ...Object.fromEntries(variables.map((name) => [VARIABLE + name, variableColumn(name)])),
    },
  };
}

/** Only those of some businesses, and those that are in a module that is one of some and in one of some sets. */
export function narrowed(
  source: Source,
  { businessIds, setIds, moduleIds }: { businessIds?: number[]; setIds?: number[]; moduleIds?: number[] },
): Source {
  const parts = [source.scope];
  if (businessIds) parts.push(isAmong('businesses.id', businessIds));
  if (setIds ?? moduleIds) {
    const ofSets = setIds ? isAmong('modules.set_id', setIds) : sql`true`;
    const ofModules = moduleIds ? isAmong('modules.id', moduleIds) : sql`true`;
    parts.push(sql`hosts.id in (
      select host_id from module_hosts join modules on modules.id = module_hosts.module_id
       where ${ofSets} and ${ofModules})`);
  }
  return { ...source, scope: sql.join(parts, sql` and `) };
}

/** As `modulePath` writes them. */
const MODULE_PATHS: Column = {
  type: 'text',
  value: sql`length(sets.name) || ':' || sets.name || modules.name`,
  rows: sql`module_hosts join modules on modules.id = module_hosts.module_id join sets on sets.id = modules.set_id
    where module_hosts.host_id = hosts.id`,
};

/** Those that are bound to one of its modules. */
const PROCESS_IDS: Column = {
  type: 'integer',
  value: sql.ref('bound.process_id'),
  rows: sql`module_hosts
    join modules on modules.id = module_hosts.module_id and modules.kind = ${sql.lit(KINDS.ordinary)}
    join process_bindings bound on bound.business_id = modules.business_id and bound.module_name = modules.name
    where module_hosts.host_id = hosts.id`,
};

function variableColumn(name: string): Column {
  return {
    type: 'text',
    value: sql.ref('variable.value'),
    rows: sql`host_variables variable where variable.host_id = hosts.id and variable.name = ${name}`,
  };
}

function isAt(place: HostPlace) {
  if (place === 'anywhere') return sql`true`;
  return place === 'pool' ? sql`hosts.project_id is null` : isAmong('hosts.project_id', place.projectIds);
}

/** The one that it is in. */
function ofPool(type: ColumnType, value: string, joined = sql``): Column {
  return { type, value: sql.ref(value), rows: sql`pool_hosts ${joined} where pool_hosts.host_id = hosts.id` };
}

function ofModules(type: ColumnType, value: string, joined = sql``): Column {
  return { type, value: sql.ref(value), rows: sql`module_hosts ${joined} where module_hosts.host_id = hosts.id` };
}
