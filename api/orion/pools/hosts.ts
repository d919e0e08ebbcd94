import { z } from '@hono/zod-openapi';
import { listPoolHosts } from '../../../db/pool-hosts';
import { addHostsToPool } from '../../../inventory/pools/add-hosts';
import { poolsOfAddresses } from '../../../inventory/pools/find';
import { removeHostsFromPool } from '../../../inventory/pools/remove-hosts';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { list as listOf, text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { badInput, because, missing } from '../says';
import { nodeData, nodeSchema } from './data';

/** More are refused with words of their own, by whoever adds or removes them. */
const MAX_LIST = 20_000;
const MAX_ADDRESS = 100;

export const list = defineEndpoint({
  name: 'list_nodes',
  method: 'post',
  path: '/pool/{id}/list_nodes',
  summary: 'The hosts of a pool, the oldest first; of one that is not there, none',
  needs: 'viewer',
  input: z.object({ ...pageFields, ip: text(MAX_ADDRESS).describe('Those that have this in their address') }),
  data: z.array(nodeSchema),
  isPaged: true,
  async run({ services: { db }, project, ids }, { ip, ...page }) {
    const { rows, total } = await listPoolHosts(db, project.id, { poolId: ids.id!, address: ip, ...rowsOf(page) });
    return pageReply(page, rows.map(nodeData), total);
  },
});

export const add = defineEndpoint({
  name: 'add_nodes',
  method: 'post',
  path: '/pool/{id}/add_nodes',
  summary: 'Puts hosts into a pool by their IP addresses, all of them or none; new ones are made',
  needs: 'editor',
  needsBody: true,
  input: z.object({ nodes: listOf(z.string(), MAX_LIST) }),
  data: z.array(z.number().int()).describe('The ids of the hosts, in their order'),
  says: [
    because('duplicate', 'ip exists already', 404),
    missing('pool', 'pool_id is not vaild'),
    because('required', 'ip is empty', 404, { field: 'nodes' }),
    badInput('请求参数解析错误', 404),
  ],
  async run({ services: { db }, project, actor, ids }, { nodes }) {
    const wanted = { poolId: ids.id!, addresses: nodes.filter((node) => node.trim() !== '') };
    return { data: await addHostsToPool(db, inventoryOf(project), wanted, actor) };
  },
});

/** Digits are an id. */
const node = z.union([z.number().int(), z.string()]).transform((given) => {
  const text = String(given).trim();
  return /^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647 ? Number(text) : text;
});

export const remove = defineEndpoint({
  name: 'remove_nodes',
  method: 'delete',
  path: '/pool/{id}/remove_nodes',
  summary: 'Takes hosts out of a pool, by their ids or addresses, all of them or none',
  needs: 'editor',
  needsBody: true,
  input: z.object({ nodes: listOf(node, MAX_LIST) }),
  data: z.object({}),
  says: [
    badInput('参数解析出错', 400),
    missing('host', ({ message, reason }) => `error when delete id: ${idOf(reason)}, err:${message}`),
    because('in_use', ({ message, reason }) => `error when delete id: ${idOf(reason)}, err:${message}`, 404),
  ],
  async run({ services: { db }, project, actor, ids }, { nodes }) {
    await removeHostsFromPool(db, inventoryOf(project), { poolId: ids.id!, names: nodes }, actor);
    return {};
  },
});

function idOf(reason: { args: object } | undefined): string {
  return String((reason?.args as { id?: string | number } | undefined)?.id ?? '');
}

export const search = defineEndpoint({
  name: 'search_by_ip',
  method: 'post',
  path: '/pool/search_by_ip/{iplist}',
  summary: 'The pools that hosts are in, by their addresses, which are joined by commas',
  needs: 'viewer',
  input: z.object({}),
  data: z.record(z.string(), z.number().int()).describe('Ids of pools by address; -1: in none'),
  async run({ services: { db }, project, names }) {
    return { data: await poolsOfAddresses(db, project.id, names.iplist!.split(',')) };
  },
});
