import { z } from '@hono/zod-openapi';
import type { Caller } from '../../../access/caller';
import { GantryError } from '../../../base/error';
import { countFunctionTasks, type FunctionTaskFilter, listFunctionTasks } from '../../../db/function-tasks';
import { taskActions } from '../auth-actions';
import { defineUserEndpoint } from '../endpoint';
import { idList } from '../query';
import { listTimes, showTask, taskItem } from './list-item';
import { pageFields, readIds, readPage, readSpan } from './list-query';

const STATUSES = ['submitted', 'claimed', 'rejected', 'executed', 'finished'];
const EXECUTE_STATUSES = ['nonExecution', 'running', 'revoked', 'finished'];

const text = z.string().optional();

const filters = z.object({
  status: text.describe(STATUSES.join(', ')),
  execute_status: text.describe(EXECUTE_STATUSES.join(', ')),
  id_in: idList.describe('Ids with commas between them'),
  task_id_in: idList,
  project_id: text,
  creator: text,
  claimant: text,
  create_time_gte: text,
  create_time_lte: text,
  expected_timezone: text,
});

/** Function tasks of all projects that the caller may look at, newest first (bk-sops §7.4). */
export const getFunctionalizationTaskList = defineUserEndpoint({
  name: 'get_functionalization_task_list',
  method: 'get',
  path: [],
  needs: 'user',
  summary: 'Function tasks of all projects that one may look at',
  input: filters.extend(pageFields),
  data: z.array(
    z.object({
      id: z.number().int(),
      name: z.string(),
      creator: z.string(),
      create_time: z.string().nullable(),
      claimant: z.string(),
      claim_time: z.string().nullable(),
      rejecter: z.string(),
      reject_time: z.null(),
      predecessor: z.string(),
      transfer_time: z.null(),
      status: z.string(),
      task: taskItem,
    }),
  ),
  beside: { count: z.number().int().describe('Of all pages') },
  async run({ services, caller }, query) {
    const format = listTimes(query.expected_timezone);
    const page = readPage(query);
    const filter = readFilter(caller, query);
    const [tasks, count] = await Promise.all([
      listFunctionTasks(services.db, filter, page),
      countFunctionTasks(services.db, filter),
    ]);
    const data = tasks.map((task) => {
      const project = { id: task.project_id, name: task.project_name, bk_biz_id: task.bk_biz_id };
      const shown = { ...task, id: task.task_id, creator: task.task_creator, status: task.task_status };
      return {
        id: task.id,
        name: task.name,
        creator: task.creator,
        create_time: format(task.created_at),
        claimant: task.claimant,
        claim_time: format(task.claimed_at),
        // Nobody can reject a task or hand it on here.
        rejecter: '',
        reject_time: null,
        predecessor: '',
        transfer_time: null,
        status: task.status,
        task: showTask(shown, {
          project,
          format,
          actions: taskActions(caller.app.trusted ? 'all' : task.role),
        }),
      };
    });
    return { data, beside: { count } };
  },
});

function readFilter({ app, username }: Caller, query: z.output<typeof filters>): FunctionTaskFilter {
  const zone = query.expected_timezone || 'UTC';
  return {
    username,
    isUnrestricted: app.trusted,
    projectId: readIds('project_id', query.project_id)?.[0],
    ids: readIds('id_in', query.id_in),
    taskIds: readIds('task_id_in', query.task_id_in),
    status: oneOf('status', query.status, STATUSES),
    executeStatus: oneOf('execute_status', query.execute_status, EXECUTE_STATUSES),
    creator: query.creator || undefined,
    claimant: query.claimant || undefined,
    createdFrom: readSpan('create_time_gte', query.create_time_gte, zone)?.start,
    createdBefore: readSpan('create_time_lte', query.create_time_lte, zone)?.end,
  };
}

function oneOf(field: string, value: string | undefined, known: readonly string[]): string | undefined {
  if (!value) return undefined;
  if (known.includes(value)) return value;
  throw new GantryError('validation', `invalid params: '${field}': is none of ${known.join(', ')}`);
}
