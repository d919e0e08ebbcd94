import { z } from '@hono/zod-openapi';
import { MAX_IMAGE_LENGTH, MAX_POOL_NAME_LENGTH, MAX_POOL_TEXT_LENGTH } from '../../../inventory/pools/limits';
import { changeService, createService, removeService } from '../../../inventory/pools/services';
import { defineEndpoint } from '../endpoint';
import { name, optional, text, whole } from '../fields';
import { badInput, because, missing } from '../says';

const UNREADABLE = '请求参数解析错误';
const FAILED = '数据库操作失败';

export const create = defineEndpoint({
  name: 'create_service',
  method: 'post',
  path: '/service/create',
  summary: 'Makes a service of a cluster',
  needs: 'editor',
  needsBody: true,
  input: z.object({
    name: name(MAX_POOL_NAME_LENGTH),
    desc: text(MAX_POOL_TEXT_LENGTH),
    service_type: text(MAX_POOL_NAME_LENGTH),
    docker_image: name(MAX_IMAGE_LENGTH),
    cluster_id: whole({ min: 1 }),
  }),
  data: z.object({ id: z.number().int() }),
  says: [badInput(UNREADABLE), missing('cluster', ({ message }) => message, 400)],
  async run({ services: { db }, project, actor }, { desc, ...given }) {
    const { id } = await createService(db, { projectId: project.id }, { ...given, description: desc }, actor);
    return { data: { id } };
  },
});

export const update = defineEndpoint({
  name: 'update_service',
  method: 'post',
  path: '/service/update/{id}',
  summary: 'Changes what is said of a service; what is not sent stays',
  needs: 'editor',
  needsBody: true,
  input: z.object({
    name: optional(name(MAX_POOL_NAME_LENGTH)),
    desc: optional(z.string().max(MAX_POOL_TEXT_LENGTH)),
    service_type: optional(z.string().max(MAX_POOL_NAME_LENGTH)),
    docker_image: optional(name(MAX_IMAGE_LENGTH)),
    cluster_id: optional(whole({ min: 1 })),
  }),
  data: z.literal(''),
  says: [badInput('param is error!'), missing('service', FAILED), missing('cluster', ({ message }) => message, 400)],
  async run({ services: { db }, project, actor, ids }, { desc, ...given }) {
    const changes = { ...given, ...(desc === undefined ? {} : { description: desc }), id: ids.id! };
    await changeService(db, { projectId: project.id }, changes, actor);
    return { data: '' as const };
  },
});

export const remove = defineEndpoint({
  name: 'delete_service',
  method: 'delete',
  path: '/service/delete/{id}',
  summary: 'Deletes a service that has no pools',
  needs: 'editor',
  input: z.object({}),
  data: z.object({}),
  says: [missing('service', FAILED), because('in_use', 'sub pool exists')],
  async run({ services: { db }, project, actor, ids }) {
    await removeService(db, { projectId: project.id }, ids.id!, actor);
    return {};
  },
});
