import { z } from '@hono/zod-openapi';
import { conditionOf } from '../../../inventory/hosts/filter';
import { requireHostGroup } from '../../../inventory/hosts/groups';
import { listHostsAfter } from '../../../inventory/hosts/read';
import { readHostCondition } from '../../../inventory/hosts/selector';
import { MAX_TAGS } from '../../../inventory/limits';
import { both } from '../../../inventory/search/condition';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { flag, idText, page, pageOf, texts } from '../list';
import { readConditionText } from './condition';
import { host, showHosts } from './schema';

/** The hosts of a project, or some of them: all filters have to hold. */
export const listHostsEndpoint = defineEndpoint({
  name: 'list_hosts',
  method: 'get',
  path: '/projects/{project_id}/hosts',
  needs: 'viewer',
  summary: 'The hosts of the project that have all that is asked for',
  input: page.extend({
    tag: texts(MAX_TAGS).optional().describe('All of these: several times, or separated by commas'),
    set: z.string().optional().describe('The name of a set'),
    module: z.string().optional().describe('The name of a module; with `set` that of the set'),
    name: z.string().optional(),
    address: z.string().optional().describe('An address, or a text of addresses, ranges and ids of hosts'),
    cloud_id: idText.optional(),
    is_disabled: flag.optional(),
    group: idText.optional().describe('The id of a host group'),
    condition: z.string().optional().describe('A condition as JSON, as host groups have them'),
  }),
  data: pageOf(host),
  async run({ services, project }, { after, limit, group, condition, ...filter }) {
    const { db } = services;
    const place = inventoryOf(project);
    const { tag: tags, cloud_id: cloudId, is_disabled: isDisabled, ...names } = filter;
    const conditions = [conditionOf({ tags, cloudId, isDisabled, ...names })];
    if (condition !== undefined) conditions.push(readConditionText(condition));
    if (group !== undefined) conditions.push(readHostCondition((await requireHostGroup(db, place, group)).selector));
    return { data: showHosts(await listHostsAfter(db, place, { condition: both(conditions), after, limit }), place) };
  },
});
