import { z } from '@hono/zod-openapi';
import { releaseHosts, setAside, takeHosts, transferHosts } from '../../../inventory/hosts/transfer';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { readIdList } from '../id-list';
import { HOST } from '../models/host';
import type { Model } from '../models/model';
import { written } from '../schema';
import { sentIds } from './schema';

const hosts = z.looseObject({ bk_host_id: sentIds });

/** A host, and where it goes. */
const PLACED_HOST: Model = { ...HOST, parameters: { modules: 'bk_module_id' } };

/** What all transfers of hosts of a business have in common. */
const TRANSFER = {
  method: 'post',
  business: 'field',
  needs: 'editor',
  model: PLACED_HOST,
  storeFailure: CODES.updateFailed,
  needsBody: true,
  input: hosts,
  data: written,
} as const;

/** Moves hosts to modules, or adds them there (cmdb §7). */
export const transferHostModule = defineEndpoint({
  ...TRANSFER,
  name: 'transfer_host_module',
  path: '/hosts/modules',
  summary: 'Move hosts of a business to modules, or add them to these',
  input: hosts.extend({
    bk_module_id: sentIds,
    is_increment: z.boolean().optional().describe('true: they stay in the modules that they are in'),
  }),
  async run({ services, business, actor }, { bk_host_id, bk_module_id, is_increment = false }) {
    const hostIds = readIdList('bk_host_id', bk_host_id);
    const moduleIds = readIdList('bk_module_id', bk_module_id);
    await transferHosts(services.db, business, { hostIds, moduleIds, isIncrement: is_increment }, actor);
    return {};
  },
});

/** Moves hosts to the module for idle hosts (cmdb §7). */
export const transferHostToIdle = defineEndpoint({
  ...TRANSFER,
  name: 'transfer_host_to_idlemodule',
  path: '/hosts/modules/idle',
  summary: 'Move hosts of a business to its module for idle hosts',
  async run({ services, business, actor }, { bk_host_id }) {
    const hostIds = readIdList('bk_host_id', bk_host_id);
    await setAside(services.db, business, { hostIds, as: 'idle' }, actor);
    return {};
  },
});

/** Moves hosts to the module for broken ones (cmdb §7). */
export const transferHostToFault = defineEndpoint({
  ...TRANSFER,
  name: 'transfer_host_to_faultmodule',
  path: '/hosts/modules/fault',
  summary: 'Move hosts of a business to its module for broken hosts',
  async run({ services, business, actor }, { bk_host_id }) {
    const hostIds = readIdList('bk_host_id', bk_host_id);
    await setAside(services.db, business, { hostIds, as: 'fault' }, actor);
    return {};
  },
});

/** Gives hosts to the resource pool (cmdb §7). */
export const transferHostToResource = defineEndpoint({
  ...TRANSFER,
  name: 'transfer_host_to_resourcemodule',
  path: '/hosts/modules/resource',
  summary: 'Give hosts of a business to the resource pool of its account',
  async run({ services, business, actor }, { bk_host_id }) {
    await releaseHosts(services.db, business, readIdList('bk_host_id', bk_host_id), actor);
    return {};
  },
});

/** Takes hosts out of the resource pool (cmdb §7). */
export const transferResourceHostToIdle = defineEndpoint({
  ...TRANSFER,
  name: 'transfer_resourcehost_to_idlemodule',
  path: '/hosts/modules/resource/idle',
  needs: 'trusted',
  summary: 'Take hosts out of the resource pool into a business, where they are idle',
  async run({ services, business, actor }, { bk_host_id }) {
    await takeHosts(services.db, business, readIdList('bk_host_id', bk_host_id), actor);
    return {};
  },
});
