import { z } from '@hono/zod-openapi';
import { findService } from '../../../db/services';
import { noSuch } from '../../../inventory/pools/refusals';
import { defineEndpoint } from '../endpoint';
import { missing } from '../says';
import { serviceData, serviceSchema } from './data';

export const get = defineEndpoint({
  name: 'get_service',
  method: 'get',
  path: ['/service/{id}', '/service'],
  summary: 'A service',
  needs: 'viewer',
  input: z.object({}),
  data: serviceSchema,
  says: [missing('service', 'db error')],
  async run({ services: { db }, project, ids }) {
    const service = await findService(db, project.id, ids.id!);
    if (!service) throw noSuch('service', ids.id!);
    return { data: serviceData(service) };
  },
});
