import { sql } from 'kysely';
import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import type { NewFlowStep } from '../../db/flows';

/** Values of parameters, by name. */
type Values = Readonly<Record<string, unknown>>;

/** What a flow is made of: the steps of its template with the values that were asked for. */
export interface FlowPlan {
  template: { id: number; name: string };
  steps: readonly NewFlowStep[];
}

/** What is done for a step that is no remote one. */
const BUILT_IN: Readonly<Record<string, NewFlowStep['type']>> = {
  create_vm: 'vm',
  return_vm: 'vm',
  register: 'sd',
  unregister: 'sd',
};

interface Row extends Omit<NewFlowStep, 'type'> {
  isRemote: boolean;
  declared: string[];
}

/**
 * The steps of a template as they are now (orion §3.1): values of a request go before those of the template, values for a step
 * before all others. A value goes to those steps that have such a parameter.
 *
 * @throws GantryError `not_found`
 */
export async function planOf(
  db: DbOrTransaction,
  projectId: number,
  templateId: number,
  { values, stepValues }: { values: Values; stepValues: Readonly<Record<string, Values>> },
): Promise<FlowPlan> {
  const templates = db.selectFrom('rollout_templates').select(['id', 'name']).where('project_id', '=', projectId);
  const template = await templates.where('id', '=', templateId).executeTakeFirst();
  if (!template)
    throw new GantryError('not_found', `Template not found ${templateId}`, {
      reason: { code: 'not_found', args: { what: 'template', id: templateId } },
    });
  const { rows } = await sql<Row>`
    select coalesce(remote.name, step.name) as name, step.values, step.retry_times as "retryTimes", step.ignore_error as "ignoreError",
           step.remote_step_id is not null as "isRemote",
           coalesce(actions.scripts, '[]') as scripts, coalesce(actions.declared, '{}') as declared
      from rollout_template_steps step left join remote_steps remote on remote.id = step.remote_step_id
      left join lateral (
        select json_agg(json_build_object('action', actions.name, 'interpreter', impl.interpreter, 'script', impl.script) order by own.place) as scripts,
               array_agg(distinct parameter.name) filter (where parameter.name is not null) as declared
          from remote_step_actions own join actions on actions.id = own.action_id
          left join action_implementations impl on impl.action_id = actions.id
          left join lateral json_object_keys(actions.parameters) parameter (name) on true
         where own.remote_step_id = step.remote_step_id
      ) actions on true
     where step.template_id = ${templateId} order by step.place`.execute(db);
  const steps = rows.map(({ isRemote, declared, ...step }): NewFlowStep => {
    const known = new Set([...declared, ...Object.keys(step.values)]);
    const asked = Object.entries(values).filter(([name]) => known.has(name));
    return {
      ...step,
      type: isRemote ? 'remote' : (BUILT_IN[step.name] ?? 'local'),
      values: { ...step.values, ...Object.fromEntries(asked), ...stepValues[step.name] },
    };
  });
  return { template, steps };
}
