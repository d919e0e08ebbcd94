import { z } from '@hono/zod-openapi';
import { getHostRun, listHostRuns, listHostSteps, readHostLog } from '../../../tasks/view/host-steps';
import { defineEndpoint } from '../endpoint';
import { page, pageOf, toPage } from '../list';
import { log, RUN_STATUSES, run, showLog, showRun, showStep, step } from './schema';
import { searchHostStepEndpoint, searchTaskLogsEndpoint } from './search';

const MAX_LOG_BYTES = 256 * 1024;
/** Logs are shorter. */
const MAX_OFFSET = 2 ** 31 - 1;

export const listHostStepsEndpoint = defineEndpoint({
  name: 'list_host_steps',
  method: 'get',
  path: '/projects/{project_id}/tasks/{task_id}/host-steps',
  needs: 'viewer',
  summary: 'What nodes of a task do on hosts: a step for each that an attempt takes, the oldest first',
  input: page,
  data: pageOf(step),
  async run({ services, project, ids }, { after, limit }) {
    const at = { projectId: project.id, taskId: ids.task_id! };
    const steps = await listHostSteps(services.db, at, { after, limit: limit + 1 });
    return { data: toPage(steps, limit, showStep) };
  },
});

export const listHostRunsEndpoint = defineEndpoint({
  name: 'list_host_runs',
  method: 'get',
  path: '/projects/{project_id}/host-steps/{step_id}/runs',
  needs: 'viewer',
  summary: 'The hosts of a step and how each of them stands, in their order',
  input: page.extend({ status: z.enum(RUN_STATUSES).optional() }),
  data: z.object({
    items: z.array(run),
    next: z.number().int().nullable().describe('What the next page is after: a place; null when there is none'),
  }),
  async run({ services, project, ids }, { status, after, limit }) {
    const at = { projectId: project.id, stepId: ids.step_id! };
    const runs = await listHostRuns(services.db, at, { status, after, limit: limit + 1 });
    const shown = runs.slice(0, limit);
    return { data: { items: shown.map(showRun), next: runs.length > limit ? shown.at(-1)!.place : null } };
  },
});

export const getHostRunEndpoint = defineEndpoint({
  name: 'get_host_run',
  method: 'get',
  path: '/projects/{project_id}/host-steps/{step_id}/runs/{place}',
  needs: 'viewer',
  summary: 'One host of a step and how it stands',
  input: z.object({}),
  data: run,
  async run({ services, project, ids }) {
    const at = { projectId: project.id, stepId: ids.step_id!, place: ids.place! };
    return { data: showRun(await getHostRun(services.db, at)) };
  },
});

export const getHostLogEndpoint = defineEndpoint({
  name: 'get_host_log',
  method: 'get',
  path: '/projects/{project_id}/host-steps/{step_id}/runs/{place}/log',
  needs: 'viewer',
  summary: 'A piece of what a host has written',
  input: z.object({
    from: z.coerce
      .number()
      .int()
      .min(-MAX_OFFSET)
      .max(MAX_OFFSET)
      .default(0)
      .describe('A byte; below 0: so many before the end'),
    max: z.coerce
      .number()
      .int()
      .min(4)
      .max(MAX_LOG_BYTES)
      .default(64 * 1024)
      .describe('Bytes'),
  }),
  data: log,
  async run({ services, project, ids }, piece) {
    const at = { projectId: project.id, stepId: ids.step_id!, place: ids.place! };
    return { data: showLog(await readHostLog(services.db, at, piece)) };
  },
});

export const hostStepEndpoints = [
  listHostStepsEndpoint,
  listHostRunsEndpoint,
  getHostRunEndpoint,
  getHostLogEndpoint,
  searchHostStepEndpoint,
  searchTaskLogsEndpoint,
];
