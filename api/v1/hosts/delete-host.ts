import { z } from '@hono/zod-openapi';
import { removeHosts } from '../../../inventory/hosts/change';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';

export const deleteHostEndpoint = defineEndpoint({
  name: 'delete_host',
  method: 'delete',
  path: '/projects/{project_id}/hosts/{host_id}',
  needs: 'editor',
  summary: 'Delete a host; what it has done stays known',
  input: z.object({}),
  async run({ services, project, ids, actor }) {
    await removeHosts(services.db, inventoryOf(project), [ids.host_id!], actor);
    return {};
  },
});
