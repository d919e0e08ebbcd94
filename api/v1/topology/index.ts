import { z } from '@hono/zod-openapi';
import { KINDS } from '../../../db/businesses';
import { readTree } from '../../../inventory/topology/tree';
import { inventoryOf } from '../../inventory-of';
import { named } from '../business';
import { defineEndpoint } from '../endpoint';

const kind = z.enum(['ordinary', 'idle', 'fault']).describe('What its hosts are: at work, idle, or broken');
const WORDS = new Map<number, keyof typeof KINDS>([
  [KINDS.ordinary, 'ordinary'],
  [KINDS.idle, 'idle'],
  [KINDS.fault, 'fault'],
]);

const tree = z.object({
  business: named.extend({ supplier_account: z.string() }),
  sets: z.array(named.extend({ kind, modules: z.array(named.extend({ kind, host_count: z.number().int() })) })),
});

export type ShownTopology = z.input<typeof tree>;

/** The tree of a project's business. */
export const getTopologyEndpoint = defineEndpoint({
  name: 'get_topology',
  method: 'get',
  path: '/projects/{project_id}/topology',
  needs: 'viewer',
  summary: 'The sets of the project, that of idle hosts first, with their modules and how many hosts are in each',
  input: z.object({}),
  data: tree,
  async run({ services, project }) {
    const { business, sets, hostCounts } = await readTree(services.db, inventoryOf(project));
    return {
      data: {
        business: { id: business.id, name: business.name, supplier_account: business.supplier_account },
        sets: sets.map(({ id, name, kind, modules }) => ({
          id,
          name,
          kind: WORDS.get(kind)!,
          modules: modules.map((module) => ({
            id: module.id,
            name: module.name,
            kind: WORDS.get(module.kind)!,
            host_count: hostCounts.get(module.id) ?? 0,
          })),
        })),
      },
    };
  },
});

export const topologyEndpoints = [getTopologyEndpoint];
