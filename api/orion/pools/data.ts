import { z } from '@hono/zod-openapi';
import type { PoolHostRow } from '../../../db/pool-hosts';
import type { CountedPool } from '../../../db/pools';

/** What the status of a host says of its last rollout: that it has failed. */
const FAILED = 3;

/** A pool as it is answered (orion §1.3). */
export const poolSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  desc: z.string(),
  vm_type: z.number().int(),
  sd_id: z.number().int(),
  tasks: z
    .object({ expand: z.number().int(), shrink: z.number().int(), deploy: z.number().int() })
    .describe('Ids of rollout templates; 0: none'),
  service_id: z.number().int(),
  node_count: z.number().int(),
  is_bedepen: z.number().int().describe('1: saved tasks of other pools depend on it'),
  is_hascron: z.number().int().describe('1: saved tasks of it have times'),
  module_id: z.number().int().describe('The module whose hosts are its own; 0: none'),
  ssh_profile_id: z.number().int().describe('By which its hosts are reached that have none of their own; 0: none'),
});

export function poolData(pool: CountedPool): z.input<typeof poolSchema> {
  const { id, name, description, vm_type, sd_id, service_id, hosts, module_id, ssh_profile_id } = pool;
  const { expand_template: expand, shrink_template: shrink, deploy_template: deploy } = pool;
  return {
    id,
    name,
    desc: description,
    vm_type,
    sd_id,
    tasks: { expand, shrink, deploy },
    service_id,
    node_count: hosts,
    is_bedepen: Number(pool.is_needed),
    is_hascron: Number(pool.has_cron),
    module_id: module_id ?? 0,
    ssh_profile_id: ssh_profile_id ?? 0,
  };
}

/** A host of a pool as it is answered; the document misspells the name of its type (orion §1.3). */
export const nodeSchema = z.object({
  id: z.number().int(),
  ip: z.string().describe('`-` while it is not known; its id where it will not be'),
  vm_id: z.string(),
  status: z.number().int().describe('0: new; 2: its last rollout has ended well on it; 3: it has not'),
  node_type: z.string().describe('Who has asked for it: `manual`, `crontab`'),
  vnode_type: z.string(),
});

export function nodeData({ id, address, vm_id, status, node_type }: PoolHostRow): z.input<typeof nodeSchema> {
  const ip = address ?? (status === FAILED ? String(id) : '-');
  return { id, ip, vm_id, status, node_type, vnode_type: node_type };
}
