import { z } from '@hono/zod-openapi';
import { changePool, createPool, removePool } from '../../../inventory/pools/pools';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { badInput, because, missing, ofKind } from '../says';
import { changedPool, columnsOf, newPool } from './fields';

/** What a pool names has to be there: what is not is said as it is, as a wrong request. */
const unknownParts = (['service', 'module', 'ssh profile'] as const).map((what) =>
  missing(what, ({ message }) => message, 400),
);

export const create = defineEndpoint({
  name: 'create_pool',
  method: 'post',
  path: '/pool/create',
  summary: 'Makes a pool of a service',
  needs: 'editor',
  needsBody: true,
  input: newPool,
  data: z.object({ id: z.number().int() }),
  says: [badInput('请求参数解析错误'), ...unknownParts],
  async run({ services: { db }, project, actor }, given) {
    const values = { ...columnsOf(given), name: given.name, service_id: given.service_id };
    const { id } = await createPool(db, inventoryOf(project), values, actor);
    return { data: { id } };
  },
});

export const update = defineEndpoint({
  name: 'update_pool',
  method: 'post',
  path: '/pool/update/{id}',
  summary: 'Changes what is said of a pool; what is not sent stays',
  needs: 'editor',
  needsBody: true,
  input: changedPool,
  data: z.literal(''),
  says: [badInput('参数解析错误'), missing('pool', '数据库操作失败'), ...unknownParts],
  async run({ services: { db }, project, actor, ids }, given) {
    const changes = { ...columnsOf(given), ...(given.name === undefined ? {} : { name: given.name }), id: ids.id! };
    await changePool(db, inventoryOf(project), changes, actor);
    return { data: '' as const };
  },
});

export const remove = defineEndpoint({
  name: 'delete_pool',
  method: 'delete',
  path: '/pool/delete/{id}',
  summary: 'Deletes a pool that has no hosts',
  needs: 'editor',
  input: z.object({}),
  data: z.object({}),
  says: [
    missing('pool', 'data not found', 400),
    because('in_use', 'node exists in this pool'),
    ofKind('wrong_state', 'fail to delete pool', 400),
  ],
  async run({ services: { db }, project, actor, ids }) {
    await removePool(db, inventoryOf(project), ids.id!, actor);
    return {};
  },
});
