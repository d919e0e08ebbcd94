import { z } from '@hono/zod-openapi';
import { viewBatchesAfter } from '../../../rollouts/view/batches';
import { viewFlowLogAfter } from '../../../rollouts/view/flow-log';
import { viewFlow, viewFlowsAfter } from '../../../rollouts/view/flows';
import { viewFlowHostsAfter } from '../../../rollouts/view/hosts';
import { readNodeLog } from '../../../rollouts/view/node-log';
import { defineEndpoint } from '../endpoint';
import { idText, page, pageOf, toPage } from '../list';
import { previewRollout } from './preview';
import {
  batch,
  HOST_STATES,
  hostStateOf,
  line,
  rollout,
  rolloutHost,
  showBatch,
  showHost,
  showLine,
  showRollout,
} from './schema';

const listRollouts = defineEndpoint({
  name: 'list_rollouts',
  method: 'get',
  path: '/projects/{project_id}/rollouts',
  needs: 'viewer',
  summary: 'The rollouts of a project, the oldest first',
  input: page.extend({
    name: z.string().max(100).optional().describe('Those that have this in their name'),
    pool_id: idText.optional(),
  }),
  data: pageOf(rollout),
  async run({ services, project }, { name, pool_id: poolId, after, limit }) {
    const views = await viewFlowsAfter(services.db, project.id, { name, poolId, after, limit: limit + 1 });
    const rows = views.map((view) => ({ ...view, id: view.flow.id }));
    return { data: toPage(rows, limit, showRollout) };
  },
});

const getRollout = defineEndpoint({
  name: 'get_rollout',
  method: 'get',
  path: '/projects/{project_id}/rollouts/{rollout_id}',
  needs: 'viewer',
  summary: 'A rollout',
  input: z.object({}),
  data: rollout,
  async run({ services, project, ids }) {
    return { data: showRollout(await viewFlow(services.db, project.id, ids.rollout_id!)) };
  },
});

const listBatches = defineEndpoint({
  name: 'list_rollout_batches',
  method: 'get',
  path: '/projects/{project_id}/rollouts/{rollout_id}/batches',
  needs: 'viewer',
  summary: 'The batches of a rollout in their order, those that are to come too',
  input: page,
  data: pageOf(batch),
  async run({ services, project, ids }, { after, limit }) {
    const at = { projectId: project.id, flowId: ids.rollout_id! };
    const batches = await viewBatchesAfter(services.db, at, { after, limit: limit + 1 });
    const rows = batches.map((record) => ({ ...record, id: record.number }));
    return { data: toPage(rows, limit, showBatch) };
  },
});

const listHosts = defineEndpoint({
  name: 'list_rollout_hosts',
  method: 'get',
  path: '/projects/{project_id}/rollouts/{rollout_id}/hosts',
  needs: 'viewer',
  summary: 'The hosts of a rollout in its order: how each stands, and what each step was on it',
  input: page.extend({ state: z.enum(HOST_STATES).optional(), batch: idText.optional() }),
  data: z.object({
    items: z.array(rolloutHost),
    next: z.number().int().nullable().describe('What the next page is after: a place; null when there is none'),
  }),
  async run({ services, project, ids }, { state, batch, after, limit }) {
    const at = { projectId: project.id, flowId: ids.rollout_id! };
    const filter = { state: state && hostStateOf(state), batch, after, limit: limit + 1 };
    const hosts = await viewFlowHostsAfter(services.db, at, filter);
    const rows = hosts.map((view) => ({ ...view, id: view.host.place }));
    return { data: toPage(rows, limit, showHost) };
  },
});

const getHostLog = defineEndpoint({
  name: 'get_rollout_host_log',
  method: 'get',
  path: '/projects/{project_id}/rollout-hosts/{rollout_host_id}/log',
  needs: 'viewer',
  summary: 'What the steps of a rollout have written on one of its hosts, up to the one that it is at',
  input: z.object({}),
  data: z.object({
    items: z.array(z.object({ step: z.number().int(), name: z.string(), text: z.string() })),
  }),
  async run({ services, project, ids }) {
    return { data: { items: await readNodeLog(services.db, project.id, ids.rollout_host_id!) } };
  },
});

const listLogs = defineEndpoint({
  name: 'list_rollout_logs',
  method: 'get',
  path: '/projects/{project_id}/rollouts/{rollout_id}/logs',
  needs: 'viewer',
  summary: 'What was logged of a rollout, the oldest line first',
  input: page,
  data: pageOf(line),
  async run({ services, project, ids }, { after, limit }) {
    const at = { projectId: project.id, flowId: ids.rollout_id! };
    return { data: toPage(await viewFlowLogAfter(services.db, at, { after, limit: limit + 1 }), limit, showLine) };
  },
});

/** Rollouts: which there are, their plans, and what has become of them on each host. */
export const rolloutEndpoints = [
  listRollouts,
  previewRollout,
  getRollout,
  listBatches,
  listHosts,
  getHostLog,
  listLogs,
];
