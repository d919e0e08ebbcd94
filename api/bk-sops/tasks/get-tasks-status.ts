import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import type { ProjectRecord } from '../../../db/access';
import type { Db } from '../../../db/connection';
import { currentNodeExecutionsOf } from '../../../db/current-nodes';
import { findPrograms, listTasksById, type TaskRecord } from '../../../db/tasks';
import type { Program } from '../../../pipeline/program';
import { taskUrlOf } from '../../../tasks/context';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { wholeNumber } from '../query';
import { isWaitingForPerson, type StateScheme } from '../shown-state';
import { NOT_STARTED, rootNode, type StateNode, stateTree } from '../state-tree';
import { currentFlowOf } from './current-flow';

const MAX_TASKS = 50;
/** Upstream's limit here is below ten. */
const MAX_INTERVENTIONS = 9;

const ids = z.array(wholeNumber(0), 'task_id_list must be a list');

/** The states of several tasks (bk-sops §7.4); unknown ones are left out. */
export const getTasksStatus = defineEndpoint({
  name: 'get_tasks_status',
  method: 'post',
  onlyReads: true,
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'States of several tasks',
  input: z.object({
    task_id_list: ids,
    include_children_status: z.boolean().default(false).describe('With the states of their nodes'),
  }),
  data: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      status: z.record(z.string(), z.unknown()),
      flow_type: z.string(),
      current_flow: z.string(),
      is_deleted: z.boolean(),
      create_time: z.string(),
      start_time: z.string(),
      finish_time: z.string(),
      url: z.string(),
    }),
  ),
  async run({ services, project }, { task_id_list, include_children_status }) {
    if (task_id_list.length > MAX_TASKS) {
      throw new GantryError('invalid', `task_id_list is too long, maximum length is ${MAX_TASKS}`);
    }
    const format = timeFormatter(project);
    const tasks = await listTasksById(services.db, project.id, task_id_list);
    const trees = include_children_status ? await stateTrees(services.db, project, tasks, 'legacy') : undefined;
    return {
      data: tasks.map((task) => ({
        id: task.id,
        name: task.name,
        status: statusOf(task, trees?.get(task.id) ?? { ...rootNode(task, format), state: task.shown }),
        flow_type: task.flow_type,
        current_flow: currentFlowOf(task),
        is_deleted: task.is_deleted,
        create_time: format(task.created_at) ?? '',
        start_time: format(task.started_at) ?? '',
        finish_time: format(task.finished_at) ?? '',
        url: taskUrlOf(services.baseUrl, project.id, task.id),
      })),
    };
  },
});

/** Whether tasks wait for a person: failed, paused, or at a node that is to be confirmed or approved (bk-sops §7.4). */
export const getTasksManualInterventionState = defineEndpoint({
  name: 'get_tasks_manual_intervention_state',
  method: 'post',
  onlyReads: true,
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Whether tasks wait for a person',
  input: z.object({ task_id_list: ids }),
  data: z.array(z.object({ id: z.number().int(), manual_intervention_required: z.boolean() })),
  async run({ services, project }, { task_id_list }) {
    if (task_id_list.length > MAX_INTERVENTIONS) {
      throw new GantryError('invalid', 'task_ids_list length can not exceeds 10');
    }
    const tasks = await listTasksById(services.db, project.id, task_id_list);
    // Of an ended task nobody wants anything any more.
    const open = tasks.filter(({ phase }) => phase === 'starting' || phase === 'running');
    const trees = await stateTrees(services.db, project, open, 'new');
    return {
      data: tasks.map(({ id }) => {
        const tree = trees.get(id);
        return { id, manual_intervention_required: tree !== undefined && needsPerson(tree) };
      }),
    };
  },
});

function statusOf(task: TaskRecord, tree: StateNode): Record<string, unknown> {
  return task.phase === 'created' ? { ...NOT_STARTED, id: task.root_node_id, name: task.name } : { ...tree };
}

function needsPerson(root: StateNode): boolean {
  const queue = [root];
  for (const node of queue) queue.push(...Object.values(node.children));
  return queue.some(
    ({ raw_state, state }) => raw_state === 'FAILED' || raw_state === 'SUSPENDED' || isWaitingForPerson(state),
  );
}

/** State trees of started tasks by id, of however many tasks, in two queries. */
async function stateTrees(
  db: Db,
  project: ProjectRecord,
  tasks: readonly TaskRecord[],
  scheme: StateScheme,
): Promise<Map<number, StateNode>> {
  const started = tasks.filter(({ phase }) => phase !== 'created');
  const startedIds = started.map(({ id }) => id);
  const [programs, executions] = await Promise.all([
    findPrograms<Program>(db, startedIds),
    currentNodeExecutionsOf(db, startedIds),
  ]);
  const format = timeFormatter(project);
  return new Map(
    started.map((task) => {
      const tree = stateTree(task, programs.get(task.id)!, executions.get(task.id) ?? [], { format, scheme });
      return [task.id, tree];
    }),
  );
}
