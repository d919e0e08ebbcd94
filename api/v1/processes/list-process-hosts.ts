import { listHostsAfter } from '../../../inventory/hosts/read';
import { requireProcess } from '../../../inventory/processes/processes';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { host, showHosts } from '../hosts/schema';
import { page, pageOf } from '../list';

/** The hosts in the modules that a process is bound to. */
export const listProcessHostsEndpoint = defineEndpoint({
  name: 'list_process_hosts',
  method: 'get',
  path: '/projects/{project_id}/processes/{process_id}/hosts',
  needs: 'viewer',
  summary: 'The hosts of a process',
  input: page,
  data: pageOf(host),
  async run({ services, project, ids }, { after, limit }) {
    const place = inventoryOf(project);
    const { id } = await requireProcess(services.db, place, ids.process_id!);
    const condition = { field: 'process_ids', operator: 'eq', value: id } as const;
    return { data: showHosts(await listHostsAfter(services.db, place, { condition, after, limit }), place) };
  },
});
