import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import type { ProjectRecord } from '../../../db/access';
import type { Db } from '../../../db/connection';
import { listTasksById, type TaskRecord } from '../../../db/tasks';
import { taskUrlOf } from '../../../tasks/context';
import { needsPerson } from '../../../tasks/view/decision';
import { readStatesOf } from '../../../tasks/view/states';
import { defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { wholeNumber } from '../query';
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
    const trees = include_children_status ? await stateTrees(services.db, project, tasks) : undefined;
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
    const states = await readStatesOf(
      services.db,
      open.map(({ id }) => id),
    );
    return {
      data: tasks.map((task) => {
        const nodes = states.get(task.id);
        return { id: task.id, manual_intervention_required: nodes !== undefined && needsPerson(task, nodes) };
      }),
    };
  },
});

function statusOf(task: TaskRecord, tree: StateNode): Record<string, unknown> {
  return task.phase === 'created' ? { ...NOT_STARTED, id: task.root_node_id, name: task.name } : { ...tree };
}

/** State trees of those of the tasks that have started, by id. */
async function stateTrees(
  db: Db,
  project: ProjectRecord,
  tasks: readonly TaskRecord[],
): Promise<Map<number, StateNode>> {
  const started = tasks.filter(({ phase }) => phase !== 'created');
  const states = await readStatesOf(
    db,
    started.map(({ id }) => id),
  );
  const shown = { format: timeFormatter(project), scheme: 'legacy' } as const;
  return new Map(started.map((task) => [task.id, stateTree(task, states.get(task.id)!, shown)]));
}
