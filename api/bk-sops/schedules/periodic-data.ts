import { z } from '@hono/zod-openapi';
import { type ListedPeriodicTask, listPeriodicTasks, type PeriodicTaskRecord } from '../../../db/periodic-tasks';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { type Cron, cronText } from '../../../schedules/cron';
import type { Call } from '../endpoint';
import type { TimeFormatter } from '../format';

/** What every answer says of a periodic task (bk-sops §7.6); `editor` … only when asked for. */
export const periodicTaskSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  template_id: z.string(),
  template_source: z.string(),
  creator: z.string(),
  cron: z.string(),
  enabled: z.boolean(),
  last_run_at: z.string().describe('Empty before the first run'),
  total_run_count: z.number().int(),
  overlap: z.string().describe('allow_all, skip or buffer_one: a firing while the task before has not ended'),
  catchup_seconds: z.number().int(),
  editor: z.string().optional(),
  edit_time: z.string().optional(),
  is_latest: z.boolean().optional().describe('Whether the template has not been changed since'),
});

/** With what the runs are made of: shown constants and the whole tree. */
export const periodicTaskInfoSchema = periodicTaskSchema.extend({
  form: z.record(z.string(), z.unknown()),
  pipeline_tree: z.record(z.string(), z.unknown()),
});

export interface Formatting {
  format: TimeFormatter;
  withEditInfo: boolean;
}

export function periodicTaskData(
  task: ListedPeriodicTask,
  { format, withEditInfo }: Formatting,
): z.output<typeof periodicTaskSchema> {
  return {
    id: task.id,
    name: task.name,
    template_id: String(task.template_id),
    template_source: task.template_source,
    creator: task.creator,
    cron: cronText(task.cron as Cron, task.time_zone),
    enabled: task.enabled,
    last_run_at: format(task.last_run_at) ?? '',
    total_run_count: task.total_run_count,
    overlap: task.overlap,
    catchup_seconds: task.catchup_seconds,
    ...(withEditInfo
      ? { editor: task.editor, edit_time: format(task.edited_at) ?? '', is_latest: task.is_latest }
      : {}),
  };
}

/** The whole of one periodic task. */
export async function periodicTaskInfo(
  { services, project }: Call,
  { id, tree }: PeriodicTaskRecord,
  formatting: Formatting,
): Promise<z.output<typeof periodicTaskInfoSchema>> {
  const [listed] = await listPeriodicTasks(services.db, project.id, [id]);
  const pipelineTree = tree as PipelineTree;
  const form = Object.entries(pipelineTree.constants).filter(([, { show_type }]) => show_type === 'show');
  return {
    ...periodicTaskData(listed!, formatting),
    form: Object.fromEntries(form),
    pipeline_tree: { ...pipelineTree },
  };
}
