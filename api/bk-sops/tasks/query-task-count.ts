import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { countTasksBy, type TaskFilter, type TaskGroup } from '../../../db/task-lists';
import { defineEndpoint } from '../endpoint';
import { CATEGORY_NAMES, CREATE_METHOD_NAMES, displayName, FLOW_TYPE_NAMES } from './display-names';
import { readTaskFilter } from './list-query';

/** By what tasks are counted, and the groups that are shown when nobody is in them too. */
const GROUPS = new Map<string, { column: TaskGroup; names: Record<string, string> }>([
  ['category', { column: 'category', names: CATEGORY_NAMES }],
  ['create_method', { column: 'create_method', names: CREATE_METHOD_NAMES }],
  ['flow_type', { column: 'flow_type', names: FLOW_TYPE_NAMES }],
  ['status', { column: 'phase', names: { CREATED: 'Not started', EXECUTING: 'Executing', FINISHED: 'Finished' } }],
]);

/** Ended is finished, revoked or not. */
const STATUS_OF_PHASE: Record<string, string> = {
  created: 'CREATED',
  starting: 'EXECUTING',
  running: 'EXECUTING',
  ended: 'FINISHED',
};

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String).optional();

const conditions = z.strictObject({
  keyword: value,
  category: value,
  create_method: value,
  creator: value,
  executor: value,
  flow_type: value,
  is_started: value,
  is_finished: value,
  template_id: value,
  create_time__gte: value,
  create_time__lte: value,
});

/** Numbers of a project's tasks in groups (bk-sops §7.4). */
export const queryTaskCount = defineEndpoint({
  name: 'query_task_count',
  method: 'post',
  onlyReads: true,
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Numbers of tasks by category, creation, flow type or status',
  input: z.object({
    group_by: z.string().describe('category, create_method, flow_type or status'),
    conditions: conditions.default({}),
  }),
  data: z.object({
    total: z.number().int(),
    groups: z.array(z.object({ code: z.string(), name: z.string(), value: z.number().int() })),
  }),
  async run({ services, project }, { group_by, conditions: given }) {
    const group = GROUPS.get(group_by);
    if (!group) throw new GantryError('invalid', `[API] query_task_list params group_by[${group_by}] is invalid`);
    const { create_time__gte, create_time__lte, ...rest } = given;
    const query = { ...rest, create_time_start: create_time__gte, create_time_end: create_time__lte };
    const filter: TaskFilter = {
      ...readTaskFilter(project, query)!,
      category: given.category,
      creator: given.creator,
      flowType: given.flow_type,
    };
    const values = new Map(Object.keys(group.names).map((code) => [code, 0]));
    for (const { value, count } of await countTasksBy(services.db, filter, group.column)) {
      const code = group.column === 'phase' ? STATUS_OF_PHASE[value]! : value;
      values.set(code, (values.get(code) ?? 0) + count);
    }
    const groups = [...values].map(([code, value]) => ({ code, name: displayName(group.names, code), value }));
    return { data: { total: groups.reduce((sum, { value }) => sum + value, 0), groups } };
  },
});
