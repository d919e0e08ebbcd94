import { z } from '@hono/zod-openapi';
import { deployPool } from '../../../rollouts/pools/deploy';
import { expandPool } from '../../../rollouts/pools/expand';
import { MAX_SHRINK, shrinkPool } from '../../../rollouts/pools/shrink';
import { defineEndpoint } from '../endpoint';
import { list, text, wholeOrNone } from '../fields';
import { badInput, missing } from '../says';

/** What is not there is wrong with the request, as the document has it (orion §6). */
const NOT_THERE = (['pool', 'service', 'template'] as const).map((what) =>
  missing(what, ({ message }) => message, 400),
);
const BAD = badInput('请求参数解析错误');
const ANY = { min: -2_147_483_648 };
const MAX_TAG = 500;

const common = { method: 'post', needs: 'operator', data: z.object({}), says: [...NOT_THERE, BAD] } as const;

export const expand = defineEndpoint({
  ...common,
  name: 'expand_pool',
  path: '/pool/expand/{id}',
  summary: 'Gives a pool so many new hosts by the steps of its template for that',
  needsBody: true,
  input: z.object({ num: wholeOrNone(ANY).describe('From 1 to 200') }),
  async run({ services, project, actor, rights, operator, ids }, { num }) {
    await expandPool(services, { project, actor, rights, operator, poolId: ids.id!, num });
    return {};
  },
});

export const shrink = defineEndpoint({
  ...common,
  name: 'shrink_pool',
  path: '/pool/shrink/{id}',
  summary: 'Takes hosts out of a pool by the steps of its template for that, and gives their machines back',
  needsBody: true,
  input: z.object({
    nodes: list(z.union([z.string(), z.number()]).transform(String), MAX_SHRINK)
      .default([])
      .describe('Addresses of hosts of the pool, or their ids; others are left out'),
  }),
  async run({ services, project, actor, rights, operator, ids }, { nodes }) {
    await shrinkPool(services, { project, actor, rights, operator, poolId: ids.id!, nodes });
    return {};
  },
});

export const deploy = defineEndpoint({
  ...common,
  name: 'deploy_pool',
  path: '/pool/deploy/{id}',
  summary: 'Does the steps of a pool’s template for that with all of its hosts, so many at a time',
  needsBody: true,
  input: z.object({
    max_num: wholeOrNone(ANY).describe('Hosts at a time; less than 1: 1'),
    tag: text(MAX_TAG).describe('The image that is started; absent: that of the service'),
  }),
  async run({ services, project, actor, rights, operator, ids }, { max_num, tag }) {
    const batches = { maxNum: Math.max(1, max_num) };
    await deployPool(services, { project, actor, rights, operator, poolId: ids.id!, tag: tag.trim(), batches });
    return {};
  },
});
