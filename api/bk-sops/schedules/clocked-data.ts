import { z } from '@hono/zod-openapi';
import type { ClockedTaskRecord } from '../../../db/clocked-tasks';
import type { TimeFormatter } from '../format';

export const CLOCKED_STATES = ['not_started', 'started', 'start_failed'] as const;

/** What every answer says of a clocked task (bk-sops §7.6). */
export const clockedTaskSchema = z.object({
  id: z.number().int(),
  task_name: z.string(),
  task_parameters: z.record(z.string(), z.unknown()),
  project_id: z.number().int(),
  template_id: z.number().int(),
  template_name: z.string(),
  template_source: z.literal('project'),
  plan_start_time: z.string(),
  catchup_seconds: z.number().int(),
  state: z.enum(CLOCKED_STATES),
  task_id: z.number().int().nullable(),
  ex_data: z.string().describe('Why it did not start'),
  creator: z.string(),
  create_time: z.string(),
  editor: z.string(),
  edit_time: z.string(),
});

export function clockedTaskData(task: ClockedTaskRecord, format: TimeFormatter): z.output<typeof clockedTaskSchema> {
  // `%Y-%m-%d %H:%M:%S%z`: no blank before the offset here (bk-sops §9.3).
  const time = (at: Date) => (format(at) ?? '').replace(/ (?=[+-])/, '');
  return {
    id: task.id,
    task_name: task.task_name,
    task_parameters: task.task_parameters,
    project_id: task.project_id,
    template_id: task.template_id,
    template_name: task.template_name,
    template_source: 'project',
    plan_start_time: time(task.plan_start_time),
    catchup_seconds: task.catchup_seconds,
    state: task.state,
    task_id: task.task_id,
    ex_data: task.ex_data,
    creator: task.creator,
    create_time: time(task.created_at),
    editor: task.editor,
    edit_time: time(task.edited_at),
  };
}
