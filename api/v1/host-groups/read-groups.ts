import { z } from '@hono/zod-openapi';
import { listHostGroups } from '../../../db/host-groups';
import { requireHostGroup } from '../../../inventory/hosts/groups';
import { listHostsAfter } from '../../../inventory/hosts/read';
import { readHostCondition } from '../../../inventory/hosts/selector';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { host, showHosts } from '../hosts/schema';
import { page, pageOf, toPage } from '../list';
import { group, showGroup } from './schema';

export const listHostGroupsEndpoint = defineEndpoint({
  name: 'list_host_groups',
  method: 'get',
  path: '/projects/{project_id}/host-groups',
  needs: 'viewer',
  summary: 'The host groups of the project: named conditions',
  input: page,
  data: pageOf(group),
  async run({ services, project }, { after, limit }) {
    const rows = await listHostGroups(services.db, project.id, { after, limit: limit + 1 });
    return { data: toPage(rows, limit, showGroup) };
  },
});

export const getHostGroupEndpoint = defineEndpoint({
  name: 'get_host_group',
  method: 'get',
  path: '/projects/{project_id}/host-groups/{group_id}',
  needs: 'viewer',
  summary: 'A host group',
  input: z.object({}),
  data: group,
  async run({ services, project, ids }) {
    return { data: showGroup(await requireHostGroup(services.db, { projectId: project.id }, ids.group_id!)) };
  },
});

/** The hosts that fulfil the condition now. */
export const listGroupHostsEndpoint = defineEndpoint({
  name: 'list_host_group_hosts',
  method: 'get',
  path: '/projects/{project_id}/host-groups/{group_id}/hosts',
  needs: 'viewer',
  summary: 'The hosts that are in a host group now',
  input: page,
  data: pageOf(host),
  async run({ services, project, ids }, { after, limit }) {
    const place = inventoryOf(project);
    const { selector } = await requireHostGroup(services.db, place, ids.group_id!);
    const condition = readHostCondition(selector);
    return { data: showHosts(await listHostsAfter(services.db, place, { condition, after, limit }), place) };
  },
});
