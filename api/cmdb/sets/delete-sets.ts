import { z } from '@hono/zod-openapi';
import { removeSets } from '../../../inventory/topology/sets';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { readIdList } from '../id-list';
import { SET } from '../models/set';
import { written } from '../schema';

/** Deletes a set that has no hosts, with its modules (cmdb §7). */
export const deleteSet = defineEndpoint({
  name: 'delete_set',
  method: 'delete',
  path: '/set/{bk_biz_id}/{bk_set_id}',
  needs: 'editor',
  summary: 'Delete a set that has no hosts, with its modules',
  model: SET,
  storeFailure: CODES.deleteFailed,
  input: z.looseObject({}),
  data: written,
  async run({ services, business, ids, actor }) {
    await removeSets(services.db, business, [ids.bk_set_id!], actor);
    return {};
  },
});

/** Deletes several sets, all or none (cmdb §7). */
export const batchDeleteSet = defineEndpoint({
  name: 'batch_delete_set',
  method: 'delete',
  path: '/set/{bk_biz_id}/batch',
  needs: 'editor',
  summary: 'Delete sets that have no hosts, with their modules: all of them, or none',
  model: SET,
  storeFailure: CODES.deleteFailed,
  needsBody: true,
  input: z.looseObject({ delete: z.looseObject({ inst_ids: z.unknown().optional().describe('Ids of sets, a list') }) }),
  data: written,
  async run({ services, business, actor }, input) {
    await removeSets(services.db, business, readIdList('inst_ids', input.delete.inst_ids), actor);
    return {};
  },
});
