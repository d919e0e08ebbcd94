import { requireNone } from '../../base/error';
import { modulePath } from '../../db/search/hosts';
import { canonicalAddress, type IpTarget, parseIpText } from '../ip-text';
import { both, type Condition } from '../search/condition';

/** What a list of hosts can be narrowed down to; all of it has to hold. */
export interface HostFilter {
  /** All of them. */
  tags?: readonly string[] | undefined;
  /** Names; with both, it is the module of that set. */
  set?: string | undefined;
  module?: string | undefined;
  name?: string | undefined;
  /** A DNS name, or a text of addresses and host ids (`parseIpText`). */
  address?: string | undefined;
  cloudId?: number | undefined;
  isDisabled?: boolean | undefined;
}

/** The condition that a filter is. @throws GantryError `invalid` naming all that is no address; as `parseIpText` */
export function conditionOf(filter: HostFilter): Condition {
  const { tags = [], name, address, cloudId, isDisabled } = filter;
  return both([
    ...[...new Set(tags)].map((tag) => is('tags', tag)),
    ...placeOf(filter),
    ...(name === undefined ? [] : [is('name', name)]),
    ...(address === undefined ? [] : [addressedBy(address)]),
    ...(cloudId === undefined ? [] : [is('cloud_id', cloudId)]),
    ...(isDisabled === undefined ? [] : [is('is_disabled', isDisabled)]),
  ]);
}

function placeOf({ set, module }: HostFilter): Condition[] {
  if (set !== undefined && module !== undefined) return [is('module_paths', modulePath(set, module))];
  if (set !== undefined) return [is('set_names', set)];
  return module === undefined ? [] : [is('module_names', module)];
}

function addressedBy(text: string): Condition {
  const address = canonicalAddress(text.trim());
  if (address !== undefined) return is('address', address);
  const { targets, problems } = parseIpText(text);
  requireNone(problems.filter(({ kind }) => kind !== 'duplicate').map((one) => ({ ...one, field: 'address' })));
  return { or: byKind(targets) };
}

/** One comparison for all targets that say no more than an address or an id: there may be thousands of them. */
function byKind(targets: readonly IpTarget[]): Condition[] {
  const ids: number[] = [];
  const anywhere: string[] = [];
  const inClouds = new Map<number, string[]>();
  const inModules = new Map<string, string[]>();
  for (const target of targets) {
    if (target.kind === 'host') ids.push(target.hostId);
    else if (target.kind === 'address') anywhere.push(target.address);
    else if (target.kind === 'cloud_address') put(inClouds, target.cloudId, target.address);
    else put(inModules, modulePath(target.set, target.module), target.address);
  }
  const within = (field: string) => (value: string | number, addresses: string[]) =>
    both([is(field, value), isOneOf('address', addresses)]);
  return [
    isOneOf('id', ids),
    isOneOf('address', anywhere),
    ...[...inClouds].map(([cloud, addresses]) => within('cloud_id')(cloud, addresses)),
    ...[...inModules].map(([path, addresses]) => within('module_paths')(path, addresses)),
  ];
}

function put<K>(lists: Map<K, string[]>, key: K, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function is(field: string, value: string | number | boolean): Condition {
  return { field, operator: 'eq', value };
}

function isOneOf(field: string, value: readonly (string | number)[]): Condition {
  return { field, operator: 'in', value };
}
