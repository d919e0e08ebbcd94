import { z } from '@hono/zod-openapi';
import { answerOnce } from '../../../access/once';
import { changeHostGroup, createHostGroup, removeHostGroup } from '../../../inventory/hosts/groups';
import { readHostCondition } from '../../../inventory/hosts/selector';
import { inventoryOf } from '../../inventory-of';
import { defineEndpoint } from '../endpoint';
import { condition } from '../hosts/condition';
import { keyedBy } from '../keyed';
import { group, name, showGroup } from './schema';

export const createHostGroupEndpoint = defineEndpoint({
  name: 'create_host_group',
  method: 'post',
  path: '/projects/{project_id}/host-groups',
  needs: 'editor',
  summary: 'Name a condition: the hosts that fulfil it are the group, also those of the future',
  input: z.object({ name, condition }),
  data: group,
  async run(call, input) {
    const { services, project, actor } = call;
    const place = inventoryOf(project);
    const asked = { name: input.name, selector: selectorOf(input.condition) };
    const made = await answerOnce(services.db, keyedBy(call, 'create_host_group', input), async (tx) =>
      showGroup(await createHostGroup(tx, place, asked, actor)),
    );
    return { status: 201, data: made };
  },
});

export const changeHostGroupEndpoint = defineEndpoint({
  name: 'change_host_group',
  method: 'patch',
  path: '/projects/{project_id}/host-groups/{group_id}',
  needs: 'editor',
  summary: 'Change the name or the condition of a host group',
  input: z.object({ name: name.optional(), condition: condition.optional() }),
  data: group,
  async run({ services, project, ids, actor }, { name, condition }) {
    const changes = { id: ids.group_id!, name, selector: condition && selectorOf(condition) };
    return { data: showGroup(await changeHostGroup(services.db, inventoryOf(project), changes, actor)) };
  },
});

export const deleteHostGroupEndpoint = defineEndpoint({
  name: 'delete_host_group',
  method: 'delete',
  path: '/projects/{project_id}/host-groups/{group_id}',
  needs: 'editor',
  summary: 'Forget a host group; its hosts stay',
  input: z.object({}),
  async run({ services, project, ids, actor }) {
    await removeHostGroup(services.db, { projectId: project.id }, ids.group_id!, actor);
    return {};
  },
});

function selectorOf(sent: Record<string, unknown>) {
  return { sent, condition: readHostCondition(sent) };
}
