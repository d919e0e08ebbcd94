import { z } from '@hono/zod-openapi';
import { wrongField } from '../../../base/error';
import { MAX_INTEGER } from '../../../db/schema';
import { MAX_HOSTS } from '../../../rollouts/flows/create';
import { planFlows } from '../../../rollouts/view/plan';
import { defineEndpoint } from '../endpoint';

const id = z.number().int().min(1).max(MAX_INTEGER);

export const previewRollout = defineEndpoint({
  name: 'preview_rollout',
  method: 'post',
  path: '/projects/{project_id}/rollouts/preview',
  needs: 'viewer',
  summary:
    'What a rollout would do, where and in which batches: one for each pool that the hosts are in; nothing is made',
  input: z.object({
    template_id: id,
    host_ids: z.array(id).max(MAX_HOSTS).optional(),
    addresses: z.array(z.string().max(64)).max(MAX_HOSTS).optional().describe('In place of `host_ids`'),
    max_num: z.number().int().min(0).max(MAX_HOSTS).optional().describe('Hosts at a time; 0: as many as there are'),
    max_ratio: z.number().int().min(1).max(100).optional().describe('The same in percent of all'),
    values: z.record(z.string(), z.unknown()).optional().describe('Of parameters of any step, by name'),
  }),
  data: z.object({
    steps: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        values: z.record(z.string(), z.unknown()),
        retry_times: z.number().int(),
        ignore_error: z.boolean(),
      }),
    ),
    rollouts: z.array(
      z.object({
        pool_id: z.number().int(),
        pool: z.string(),
        batch_size: z.number().int(),
        hosts: z.array(
          z.object({ host_id: z.number().int(), address: z.string(), batch: z.number().int().describe('From 1') }),
        ),
      }),
    ),
  }),
  async run({ services, project }, { template_id, host_ids, addresses, max_num, max_ratio, values }) {
    if ((host_ids === undefined) === (addresses === undefined))
      throw wrongField('give either host_ids or addresses', { code: 'required', args: { field: 'host_ids' } });
    const { steps, flows } = await planFlows(services.db, {
      project,
      template: { id: template_id },
      hosts: host_ids ? { ids: host_ids } : { addresses: addresses! },
      batches: { maxNum: max_num, maxRatio: max_ratio },
      values,
    });
    return {
      data: {
        steps: steps.map(({ scripts: _scripts, ...step }) => ({ ...step, values: { ...step.values } })),
        rollouts: flows.map(({ poolId, poolName, batchSize, hosts }) => ({
          ...{ pool_id: poolId, pool: poolName, batch_size: batchSize },
          hosts: hosts.map(({ id: host_id, address, batch }) => ({ host_id, address, batch })),
        })),
      },
    };
  },
});
