import { z } from '@hono/zod-openapi';
import type { HostQuery } from '../../../inventory/hosts/find';
import { canonicalAddress } from '../../../inventory/ip-text';
import { both, type Condition } from '../../../inventory/search/condition';
import { malformed } from '../../../inventory/search/mongo/errors';
import { BUSINESS } from '../models/business';
import { HOST } from '../models/host';
import type { Model } from '../models/model';
import { MODULE } from '../models/module';
import { SET } from '../models/set';
import { readCondition } from './condition';
import { readPage } from './page';
import type { Searchable } from './searchable';

const ofObject = z.looseObject({
  bk_obj_id: z.string().describe('host, biz, set or module'),
  fields: z.array(z.string()).nullish().describe('Properties of it that are wanted; all of them where there are none'),
  condition: z
    .array(z.looseObject({ field: z.string(), operator: z.string(), value: z.unknown().optional() }))
    .nullish()
    .describe('Comparisons of its properties, all of which have to hold'),
});

/** What a search of hosts takes (cmdb §7). */
export const hostSearchBody = z.looseObject({
  page: z.unknown().optional().describe('{start, limit, sort}; sorted by properties of hosts'),
  pattern: z.string().nullish().describe('A part of the inner or the outer address, or of the name'),
  ip: z
    .looseObject({
      flag: z.string().nullish().describe('bk_host_innerip, bk_host_outerip, or both with | between them'),
      exact: z.union([z.number(), z.boolean()]).nullish().describe('1: whole addresses, 0: parts of them'),
      data: z.array(z.string()).nullish(),
    })
    .nullish(),
  condition: z.array(ofObject).nullish(),
});

type Body = z.output<typeof hostSearchBody>;

/** The objects that hosts are looked for by. What the old pages say of built-in businesses does not count. */
const OBJECTS: Record<'host' | 'biz' | 'set' | 'module', Searchable> = {
  host: searchable(HOST),
  biz: searchable(BUSINESS, 'default'),
  set: searchable(SET),
  module: searchable(MODULE),
};

export type HostObject = keyof typeof OBJECTS;

/** What a body asks for, and the properties of each object that it wants; none: all of them. */
export interface HostSearch {
  query: HostQuery;
  fields: Record<HostObject, string[]>;
}

/**
 * Reads the body of a search of hosts (cmdb §7).
 *
 * @throws GantryError `invalid` with the reason `unknown`, `malformed`, `too_many` or `out_of_range`
 */
export function readHostSearch({ page, pattern, ip, condition }: Body): HostSearch {
  const asked = { host: [], biz: [], set: [], module: [] } as Record<HostObject, Condition[]>;
  const fields = { host: [], biz: [], set: [], module: [] } as Record<HostObject, string[]>;
  for (const { bk_obj_id: object, fields: wanted, condition: comparisons } of condition ?? []) {
    if (!isObject(object)) {
      // Clients name objects that they want nothing of.
      if (!comparisons?.length) continue;
      throw malformed('bk_obj_id', `one of ${Object.keys(OBJECTS).join(', ')}, and not ${object.slice(0, 100)}`);
    }
    fields[object].push(...(wanted ?? []));
    for (const { field, operator, value } of comparisons ?? []) {
      asked[object].push(readCondition(OBJECTS[object], { [field]: { [operator]: value ?? null } }));
    }
  }
  const { host, biz, set, module } = asked;
  const query: HostQuery = {
    ...readPage(OBJECTS.host, page),
    host: both([...host, ...readAddresses(ip), ...readPattern(pattern)]),
    ...(biz.length > 0 && { business: both(biz) }),
    ...(set.length > 0 && { set: both(set) }),
    ...(module.length > 0 && { module: both(module) }),
  };
  return { query, fields };
}

const ADDRESSES: Readonly<Record<string, string>> = { bk_host_innerip: 'address', bk_host_outerip: 'outer_address' };

function readAddresses(ip: Body['ip']): Condition[] {
  const data = (ip?.data ?? []).map((text) => text.trim()).filter((text) => text !== '');
  if (data.length === 0) return [];
  const names = (ip?.flag || Object.keys(ADDRESSES).join('|')).split('|');
  const unknown = names.find((name) => !Object.hasOwn(ADDRESSES, name));
  if (unknown !== undefined) throw malformed('ip.flag', Object.keys(ADDRESSES).join(' or '));
  const isExact = ip?.exact === 1 || ip?.exact === true;
  const conditions = names.flatMap((name): Condition[] => {
    const place = { field: ADDRESSES[name]!, label: name };
    if (!isExact) return data.map((value) => ({ ...place, operator: 'contains', value }));
    return [{ ...place, operator: 'in', value: data.map((text) => canonicalAddress(text) ?? text) }];
  });
  return [{ or: conditions }];
}

function readPattern(pattern: Body['pattern']): Condition[] {
  if (!pattern) return [];
  const fields = ['address', 'outer_address', 'name'];
  return [{ or: fields.map((field) => ({ field, label: 'pattern', operator: 'contains', value: pattern })) }];
}

function isObject(name: string): name is HostObject {
  return Object.hasOwn(OBJECTS, name);
}

function searchable(model: Model, ...others: string[]): Searchable {
  return { model, ofPath: ['bk_supplier_account', ...others] };
}
