import { z } from '@hono/zod-openapi';
import { groupedBy } from '../../../base/grouped';
import { viewFlowHosts } from '../../../rollouts/view/hosts';
import { defineEndpoint } from '../endpoint';
import { text } from '../fields';
import { longPageFields, pageReply, rowsOf } from '../paging';
import { nodeData, nodeSchema } from './data';
import { badFlowId, noFlow } from './says';
import { timeWriter } from './times';

export const detail = defineEndpoint({
  name: 'get_task_detail',
  method: 'post',
  path: '/task/{id}/detail',
  summary: 'The nodes of a task, in its order: a list, or lists by state for the web client and with `group=state`',
  needs: 'viewer',
  input: z.object({ ...longPageFields, group: text(20).describe('state: by state') }),
  data: z.union([z.array(nodeSchema), z.record(z.string(), z.array(nodeSchema))]),
  isPaged: true,
  badId: badFlowId,
  says: [noFlow('Flow not found: ')],
  async run(call, { group, ...page }) {
    const { services, project, ids, isWebClient } = call;
    const at = { projectId: project.id, flowId: ids.id! };
    const { flow, hosts } = await viewFlowHosts(services.db, at, rowsOf(page));
    const more = { poolName: flow.pool_name, timeOf: timeWriter(call) };
    const nodes = hosts.rows.map((host) => nodeData(host, more));
    const reply = pageReply(page, nodes, hosts.total);
    if (!isWebClient && group !== 'state') return reply;
    return { ...reply, data: Object.fromEntries(groupedBy(nodes, ({ state }) => String(state))) };
  },
});
