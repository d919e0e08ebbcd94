import type { z } from '@hono/zod-openapi';
import type { ProjectRecord } from '../../../db/access';
import { type LabelRecord, labelsOf } from '../../../db/labels';
import type { TemplateRecord } from '../../../db/templates';
import { commonFlowActions, flowActions, type Granted } from '../auth-actions';
import type { UserCall } from '../endpoint';
import { timeFormatterIn } from '../format';
import type { includes, label, projectFields, templateItem } from './schema';

/** Common templates belong to no project, so their times are on nobody's clock. */
const NO_PROJECT = { time_zone: 'UTC' };

interface Showing {
  project?: ProjectRecord;
  granted: Granted;
  include: z.output<typeof includes>;
}

/**
 * Templates as lists and details have them (bk-sops §7.5); labels in one query for all.
 *
 * @throws GantryError `validation` for an unknown time zone
 */
export async function showTemplates(
  { services }: UserCall,
  templates: readonly TemplateRecord[],
  { project, granted, include }: Showing,
): Promise<z.output<typeof templateItem>[]> {
  const format = timeFormatterIn(project ?? NO_PROJECT, include.expected_timezone);
  const ids = templates.map(({ id }) => id);
  const labels = include.include_labels ? await labelsOf(services.db, ids) : undefined;
  return templates.map((template) => ({
    id: template.id,
    name: template.name,
    creator: template.creator,
    create_time: format(template.created_at) ?? '',
    editor: template.editor,
    edit_time: format(template.edited_at) ?? '',
    category: template.category,
    description: template.description,
    auth_actions: template.project_id === null ? commonFlowActions(granted) : flowActions(granted),
    ...(labels ? { labels: (labels.get(template.id) ?? []).map(showLabel) } : {}),
    ...(include.include_executor_proxy ? { executor_proxy: template.executor_proxy } : {}),
    ...(include.include_notify
      ? { notify_type: template.notify_type, notify_receivers: template.notify_receivers }
      : {}),
  }));
}

export function showProject(project: ProjectRecord): z.output<typeof projectFields> {
  return {
    project_id: project.id,
    project_name: project.name,
    bk_biz_id: project.bk_biz_id,
    bk_biz_name: project.from_cmdb ? project.name : null,
  };
}

export function showLabel({ id, name, color, description }: LabelRecord): z.output<typeof label> {
  return { id, name, color, description };
}
