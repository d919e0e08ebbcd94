import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../../db/schema';
import { readTask } from '../../../tasks/view/task';
import { time } from '../business';
import { defineEndpoint } from '../endpoint';
import { events, showNode, showPeriod } from '../events/schema';

const MAX_NODES = 1_000;

const task = z.object({
  id: z.number().int(),
  name: z.string(),
  state: z.string(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  cursor: z.string().describe('What the event stream goes on from (`after`), without missing anything'),
  nodes: z.array(events.node).describe('Those that were reached, each as its newest attempt stands'),
  next_nodes: z.number().int().nullable().describe('What the next page of nodes is after; null when there is none'),
});

export type ShownTask = z.output<typeof task>;

export const getTaskEndpoint = defineEndpoint({
  name: 'get_task',
  method: 'get',
  path: '/projects/{project_id}/tasks/{task_id}',
  needs: 'viewer',
  summary: 'A task and how its nodes stand',
  input: z.object({
    after: z.coerce.number().int().min(0).max(MAX_INTEGER).default(0).describe('The `next_nodes` of the page before'),
    limit: z.coerce.number().int().min(1).max(MAX_NODES).default(200).describe('Nodes'),
  }),
  data: task,
  async run({ services, project, ids }, page) {
    const at = { projectId: project.id, taskId: ids.task_id! };
    const { task, nodes, errors, next, cursor } = await readTask(services.db, at, page);
    const { id, name, shown: state, created_at, started_at, finished_at } = task;
    return {
      data: {
        ...{ id, name, state },
        created_at: created_at.toISOString(),
        ...showPeriod(started_at, finished_at),
        cursor,
        nodes: nodes.map(({ node, attempt }) => showNode(attempt, node, errors.get(node.id) ?? null)),
        next_nodes: next,
      },
    };
  },
});
