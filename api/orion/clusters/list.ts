import { z } from '@hono/zod-openapi';
import { listClusters } from '../../../db/clusters';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { clusterData, clusterSchema } from './data';

export const list = defineEndpoint({
  name: 'list_clusters',
  method: 'get',
  path: '/cluster/list',
  summary: 'The clusters of the project, the newest first',
  needs: 'viewer',
  input: z.object({ ...pageFields, name: text(100).describe('Those that have this in their name') }),
  data: z.array(clusterSchema),
  isPaged: true,
  async run({ services: { db }, project }, { name, ...page }) {
    const { rows, total } = await listClusters(db, project.id, { name, ...rowsOf(page) });
    return pageReply(page, rows.map(clusterData), total);
  },
});
