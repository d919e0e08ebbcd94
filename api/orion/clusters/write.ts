import { z } from '@hono/zod-openapi';
import { changeCluster, createCluster, removeCluster } from '../../../inventory/pools/clusters';
import { MAX_POOL_NAME_LENGTH, MAX_POOL_TEXT_LENGTH } from '../../../inventory/pools/limits';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { name, optional, text } from '../fields';
import { badInput, because, missing } from '../says';

const business = "A business, by its id or name, or any text; empty: the project's business";

export const create = defineEndpoint({
  name: 'create_cluster',
  method: 'post',
  path: '/cluster/create',
  summary: 'Makes a cluster',
  needs: 'editor',
  needsBody: true,
  input: z.object({
    name: name(MAX_POOL_NAME_LENGTH),
    desc: text(MAX_POOL_TEXT_LENGTH),
    biz: text(MAX_POOL_NAME_LENGTH).describe(business),
  }),
  data: z.number().int().describe('The id of the cluster'),
  says: [badInput('param is error!')],
  async run({ services: { db }, project, actor }, { desc, ...given }) {
    const { id } = await createCluster(db, inventoryOf(project), { ...given, description: desc }, actor);
    return { data: id };
  },
});

export const update = defineEndpoint({
  name: 'update_cluster',
  method: 'post',
  path: '/cluster/update/{id}',
  summary: 'Changes what is said of a cluster; what is not sent stays',
  needs: 'editor',
  needsBody: true,
  input: z.object({
    name: name(MAX_POOL_NAME_LENGTH),
    desc: optional(z.string().max(MAX_POOL_TEXT_LENGTH)),
    biz: optional(z.string().max(MAX_POOL_NAME_LENGTH)).describe(business),
  }),
  data: z.literal(''),
  says: [badInput('param is error!'), missing('cluster', 'old data not found !', 400)],
  async run({ services: { db }, project, actor, ids }, { desc, ...given }) {
    const changes = { ...given, ...(desc === undefined ? {} : { description: desc }), id: ids.id! };
    await changeCluster(db, inventoryOf(project), changes, actor);
    return { data: '' as const };
  },
});

export const remove = defineEndpoint({
  name: 'delete_cluster',
  method: 'post',
  path: '/cluster/delete/{id}',
  summary: 'Deletes a cluster that has no services',
  needs: 'admin',
  input: z.object({}),
  data: z.object({}),
  says: [missing('cluster', 'cluster in db not found', 400), because('in_use', 'service exists in this cluster')],
  async run({ services: { db }, project, actor, ids }) {
    await removeCluster(db, { projectId: project.id }, ids.id!, actor);
    return {};
  },
});
