import { z } from '@hono/zod-openapi';
import { findCluster, listClusters } from '../../../db/clusters';
import { listServices } from '../../../db/services';
import { MAX_POOL_NAME_LENGTH } from '../../../inventory/pools/limits';
import { noSuch } from '../../../inventory/pools/refusals';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { pageFields, pageReply, rowsOf } from '../paging';
import { missing } from '../says';
import { serviceData, serviceSchema } from '../services/data';
import { clusterData, clusterSchema } from './data';

const listed = {
  ...pageFields,
  name: text(MAX_POOL_NAME_LENGTH).describe('Those that have this in their name'),
};

export const list = defineEndpoint({
  name: 'list_clusters',
  method: 'get',
  path: '/cluster/list',
  summary: 'The clusters of the project, the newest first',
  needs: 'viewer',
  input: z.object(listed),
  data: z.array(clusterSchema),
  isPaged: true,
  async run({ services: { db }, project }, { name, ...page }) {
    const { rows, total } = await listClusters(db, project.id, { name, ...rowsOf(page) });
    return pageReply(page, rows.map(clusterData), total);
  },
});

export const get = defineEndpoint({
  name: 'get_cluster',
  method: 'post',
  path: ['/cluster/{id}', '/cluster'],
  summary: 'A cluster',
  needs: 'viewer',
  input: z.object({}),
  data: clusterSchema,
  says: [missing('cluster', 'cluster in db not found')],
  async run({ services: { db }, project, ids }) {
    const cluster = await findCluster(db, project.id, ids.id!);
    if (!cluster) throw noSuch('cluster', ids.id!);
    return { data: clusterData(cluster) };
  },
});

export const services = defineEndpoint({
  name: 'list_services',
  method: 'post',
  path: '/cluster/{id}/list_services',
  summary: 'The services of a cluster, the oldest first; of one that is not there, none',
  needs: 'viewer',
  input: z.object(listed),
  data: z.array(serviceSchema),
  isPaged: true,
  async run({ services: { db }, project, ids }, { name, ...page }) {
    const { rows, total } = await listServices(db, project.id, { clusterId: ids.id!, name, ...rowsOf(page) });
    return pageReply(page, rows.map(serviceData), total);
  },
});
