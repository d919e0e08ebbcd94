import { z } from '@hono/zod-openapi';
import type { HostDetails, HostPage } from '../../../inventory/hosts/read';
import { named, time } from '../business';

/** A host as others refer to it. */
export const briefHost = z.object({
  id: z.number().int(),
  name: z.string(),
  address: z.string().nullable().describe('An IP address or a DNS name; null until it is known'),
  cloud_id: z.number().int(),
  is_disabled: z.boolean().describe('In maintenance'),
});

export const host = briefHost.extend({
  tags: z.array(z.string()),
  variables: z.record(z.string(), z.string()),
  business_id: z.number().int(),
  module_count: z.number().int(),
  sets: z.array(named.extend({ modules: z.array(named) })).describe('Those that it is in; the first 100 modules'),
  process_count: z.number().int(),
  processes: z.array(named).describe('Those that are bound to its modules; the first 100'),
  ssh_profile_id: z
    .number()
    .int()
    .nullable()
    .describe('Its own; null: that of its module, of its project, of its cloud, or of the installation'),
  host_key_count: z.number().int().describe('Keys by which it is known'),
  facts: z
    .object({ seen_at: time, values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })
    .nullable()
    .describe('What it said of itself when it was reached last; null when it never was'),
  created_at: time,
  updated_at: time,
});

type BriefHost = z.input<typeof briefHost>;
export type ShownHost = z.input<typeof host>;

export function showBrief({ id, name, address, cloud_id, is_disabled }: BriefHost): BriefHost {
  return { id, name, address, cloud_id, is_disabled };
}

/** A host in the words of this API. */
export function showHost(details: HostDetails, { businessId }: { businessId: number }): ShownHost {
  const { tags, variables, moduleCount, modules, processCount, processes, keyCount, facts } = details;
  const { ssh_profile_id, created_at, updated_at } = details;
  return {
    ...showBrief(details),
    tags,
    variables,
    business_id: businessId,
    module_count: moduleCount,
    sets: setsOf(modules),
    process_count: processCount,
    processes,
    ssh_profile_id,
    host_key_count: keyCount,
    facts: facts && { seen_at: facts.seen_at.toISOString(), values: facts.facts },
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

/** A page of hosts in the words of this API. */
export function showHosts({ hosts, next }: HostPage, place: { businessId: number }) {
  return { items: hosts.map((details) => showHost(details, place)), next };
}

function setsOf(modules: HostDetails['modules']): ShownHost['sets'] {
  const sets = new Map<number, ShownHost['sets'][number]>();
  for (const { id, name, set_id, set_name } of modules) {
    const set = sets.get(set_id) ?? { id: set_id, name: set_name, modules: [] };
    set.modules.push({ id, name });
    sets.set(set_id, set);
  }
  return [...sets.values()];
}
