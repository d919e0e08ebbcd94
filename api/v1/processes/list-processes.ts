import { z } from '@hono/zod-openapi';
import { listProcessesAfter } from '../../../inventory/processes/read';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { page, pageOf, toPage } from '../list';
import { process, showProcess } from './schema';

/** The processes of a project's business. */
export const listProcessesEndpoint = defineEndpoint({
  name: 'list_processes',
  method: 'get',
  path: '/projects/{project_id}/processes',
  needs: 'viewer',
  summary: 'The processes of the project',
  input: page.extend({ name: z.string().optional().describe('A part of the name, in upper and lower case') }),
  data: pageOf(process),
  async run({ services, project }, { after, limit, name }) {
    const place = inventoryOf(project);
    const rows = await listProcessesAfter(services.db, place, { name, after, limit: limit + 1 });
    return { data: toPage(rows, limit, showProcess) };
  },
});
