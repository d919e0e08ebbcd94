import { z } from '@hono/zod-openapi';
import { findPool, listPools } from '../../../db/pools';
import { MAX_POOL_NAME_LENGTH } from '../../../inventory/pools/limits';
import { noSuch } from '../../../inventory/pools/refusals';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { missing } from '../says';
import { poolData, poolSchema } from './data';

const listed = {
  ...pageFields,
  name: text(MAX_POOL_NAME_LENGTH).describe('Those that have this in their name'),
};

export const get = defineEndpoint({
  name: 'get_pool',
  method: 'get',
  path: ['/pool/{id}', '/pool'],
  summary: 'A pool',
  needs: 'viewer',
  input: z.object({}),
  data: poolSchema,
  says: [missing('pool', 'db error')],
  async run({ services: { db }, project, ids }) {
    const pool = await findPool(db, project.id, ids.id!);
    if (!pool) throw noSuch('pool', ids.id!);
    return { data: poolData(pool) };
  },
});

export const list = defineEndpoint({
  name: 'list_all_pools',
  method: 'get',
  path: '/pool/list',
  summary: 'The pools of the project, the newest first',
  needs: 'viewer',
  input: z.object(listed),
  data: z.array(poolSchema),
  isPaged: true,
  async run({ services: { db }, project }, { name, ...page }) {
    const { rows, total } = await listPools(db, project.id, { name, ...rowsOf(page) });
    return pageReply(page, rows.map(poolData), total);
  },
});

export const ofService = defineEndpoint({
  name: 'list_pools',
  method: 'post',
  path: '/service/{id}/list_pools',
  summary: 'The pools of a service, the oldest first; of one that is not there, none',
  needs: 'viewer',
  input: z.object(listed),
  data: z.array(poolSchema),
  isPaged: true,
  async run({ services: { db }, project, ids }, { name, ...page }) {
    const { rows, total } = await listPools(db, project.id, { serviceId: ids.id!, name, ...rowsOf(page) });
    return pageReply(page, rows.map(poolData), total);
  },
});
