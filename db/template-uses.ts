import { sql } from 'kysely';
import type { DbOrTransaction } from './connection';

export interface TemplateUse {
  kind: 'template' | 'periodic task' | 'clocked task';
  id: number;
  name: string;
}

/** What a template is needed for: newest versions that have it as a subprocess, and tasks to come; the first ten. */
export async function usesOfTemplate(db: DbOrTransaction, templateId: number): Promise<TemplateUse[]> {
  const { rows } = await sql<TemplateUse>`
    select 'template' as kind, t.id, t.name
    from templates t
    join template_versions v on v.template_id = t.id and v.version = t.version
    where not t.is_deleted and t.id <> ${templateId} and exists (
      select from json_each(v.tree -> 'activities') as activity
      where activity.value ->> 'type' = 'SubProcess' and activity.value ->> 'template_id' = ${String(templateId)}
    )
    union all
    select 'periodic task', id, name from periodic_tasks where template_id = ${templateId} and not is_deleted
    union all
    select 'clocked task', id, task_name from clocked_tasks
    where template_id = ${templateId} and state = 'not_started' and not is_deleted
    limit 10
  `.execute(db);
  return rows;
}
