import { z } from '@hono/zod-openapi';
import { changeHosts, removeHosts } from '../../../inventory/hosts/change';
import type { HostScope } from '../../../inventory/hosts/scope';
import { CODES } from '../codes';
import { type BusinessCall, type CmdbCall, defineAccountEndpoint } from '../endpoint';
import { readIdList } from '../id-list';
import { HOST } from '../models/host';
import { attributesOf } from '../models/model';
import { sent, written } from '../schema';
import { sentIds } from './schema';

/** Changes properties of hosts alike: all of them, or none (cmdb §7). */
export const updateHosts = defineAccountEndpoint({
  name: 'update_host',
  method: 'put',
  path: '/hosts/batch',
  business: 'optional field',
  needs: 'editor',
  summary: 'Change properties of hosts alike, of a business; without one, of any that the account has',
  model: HOST,
  storeFailure: CODES.updateFailed,
  needsBody: true,
  input: sent(HOST).omit({ bk_host_innerip: true, bk_cloud_id: true }).extend({ bk_host_id: sentIds }),
  data: written,
  async run(call, { bk_host_id, ...input }) {
    const ids = readIdList('bk_host_id', bk_host_id);
    const change = { ids, given: attributesOf(HOST, input) };
    await changeHosts(call.services.db, scopeOf(call), change, call.actor);
    return {};
  },
});

/** Deletes hosts: all of them, or none (cmdb §7). */
export const deleteHosts = defineAccountEndpoint({
  name: 'delete_host',
  method: 'delete',
  path: '/hosts/batch',
  business: 'optional field',
  needs: 'editor',
  summary: 'Delete hosts of a business; without one, any that the account has',
  model: HOST,
  storeFailure: CODES.deleteFailed,
  needsBody: true,
  input: z.looseObject({ bk_host_id: sentIds }),
  data: written,
  async run(call, { bk_host_id }) {
    await removeHosts(call.services.db, scopeOf(call), readIdList('bk_host_id', bk_host_id), call.actor);
    return {};
  },
});

/** Without a business, which only trusted apps may leave out, all hosts of the account. */
function scopeOf({ account, business }: CmdbCall & Partial<Pick<BusinessCall, 'business'>>): HostScope {
  return { account, ...(business ? { projectId: business.projectId } : {}) };
}
