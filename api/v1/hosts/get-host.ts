import { z } from '@hono/zod-openapi';
import { readHost } from '../../../inventory/hosts/read';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { host, showHost } from './schema';

export const getHostEndpoint = defineEndpoint({
  name: 'get_host',
  method: 'get',
  path: '/projects/{project_id}/hosts/{host_id}',
  needs: 'viewer',
  summary: 'A host, and everything that is known of it',
  input: z.object({}),
  data: host,
  async run({ services, project, ids }) {
    const place = inventoryOf(project);
    return { data: showHost(await readHost(services.db, place, ids.host_id!), place) };
  },
});
