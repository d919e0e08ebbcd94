import type { Known, KnownHost } from '../../inventory/hosts/import/plan';
import type { ImportedHost } from '../../inventory/import';

let ids = 0;

/** A host of project 1. */
export function knownHost(name: string, address: string | null, more: Partial<KnownHost> = {}): KnownHost {
  ids += 1;
  const texts = { outer_address: '', os_name: '', operator: '', backup_operator: '', comment: '' };
  const times = { created_at: new Date(0), updated_at: new Date(0) };
  return {
    id: ids,
    name,
    address,
    supplier_account: '0',
    cloud_id: 0,
    project_id: 1,
    ...texts,
    asset_id: '',
    serial_number: '',
    vm_id: '',
    provider: '',
    is_disabled: false,
    ssh_profile_id: null,
    ...times,
    tags: new Set(),
    variables: new Map(),
    variableCount: 0,
    ...more,
  };
}

/** What there is, where the project has these hosts, and others have those of the keys. */
export function knownOf(hosts: readonly KnownHost[], taken: readonly string[] = []): Known {
  const byName = new Map<string, KnownHost[]>();
  for (const one of hosts) {
    const others = byName.get(one.name);
    if (others) others.push(one);
    else byName.set(one.name, [one]);
  }
  return {
    cloudIds: new Set([0]),
    byKey: new Map(hosts.flatMap((one) => (one.address === null ? [] : [[`0:${one.address}`, one]]))),
    byName,
    taken: new Set(taken),
  };
}

/** A host as an inventory tells of it. */
export function importedHost(name: string, address: string | null, more: Partial<ImportedHost> = {}): ImportedHost {
  return { name, address, cloudId: 0, tags: [], variables: {}, at: `${name} ${address}`, ...more };
}
