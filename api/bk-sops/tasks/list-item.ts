import { z } from '@hono/zod-openapi';
import type { ProjectRecord } from '../../../db/access';
import type { ListedTask } from '../../../db/task-lists';
import { timeFormatterIn } from '../format';
import { CATEGORY_NAMES, displayName } from './display-names';

/** A task in a list (bk-sops §7.4). */
export const taskItem = z.object({
  id: z.number().int(),
  name: z.string(),
  category: z.string(),
  create_method: z.string(),
  creator: z.string(),
  executor: z.string(),
  start_time: z.string().nullable(),
  finish_time: z.string().nullable(),
  is_started: z.boolean(),
  is_finished: z.boolean(),
  is_revoked: z.boolean(),
  template_source: z.string(),
  template_id: z.string(),
  is_child_taskflow: z.boolean(),
  project_id: z.number().int(),
  project_name: z.string(),
  bk_biz_id: z.number().int().nullable(),
  bk_biz_name: z.string(),
  auth_actions: z.array(z.string()),
});

/** What lists show of a task. */
type Shown = Pick<
  ListedTask,
  | 'id'
  | 'name'
  | 'category'
  | 'create_method'
  | 'creator'
  | 'executor'
  | 'started_at'
  | 'finished_at'
  | 'phase'
  | 'status'
  | 'template_id'
  | 'template_source'
>;

interface Around {
  project: Pick<ProjectRecord, 'id' | 'name' | 'bk_biz_id'>;
  format: (at: Date | null) => string | null;
  actions: string[];
}

export function showTask(task: Shown, { project, format, actions }: Around): z.output<typeof taskItem> {
  return {
    id: task.id,
    name: task.name,
    category: displayName(CATEGORY_NAMES, task.category),
    create_method: task.create_method,
    creator: task.creator,
    executor: task.executor ?? '',
    start_time: format(task.started_at),
    finish_time: format(task.finished_at),
    is_started: task.phase !== 'created',
    is_finished: task.status === 'FINISHED',
    is_revoked: task.status === 'REVOKED',
    template_source: task.template_source,
    template_id: task.template_id ?? '',
    is_child_taskflow: false,
    project_id: project.id,
    project_name: project.name,
    bk_biz_id: project.bk_biz_id,
    bk_biz_name: project.name,
    auth_actions: actions,
  };
}

/**
 * Times of lists: ISO 8601 in UTC, unless a zone is asked for.
 *
 * @throws GantryError `validation` when there is no such zone
 */
export function listTimes(expectedTimezone: string | undefined): (at: Date | null) => string | null {
  if (!expectedTimezone) return (at) => at?.toISOString() ?? null;
  return timeFormatterIn({ time_zone: expectedTimezone }, expectedTimezone);
}
