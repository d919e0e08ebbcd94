import { z } from '@hono/zod-openapi';
import { taskUrlOf } from '../../../tasks/context';
import { createTask } from '../../../tasks/create';
import { GantryError } from '../../../tasks/error';
import { defineEndpoint } from '../endpoint';

const CATEGORIES = [
  'OpsTools',
  'MonitorAlarm',
  'ConfManage',
  'DevTools',
  'EnterpriseIT',
  'OfficeApp',
  'Other',
  'Default',
];
const MAX_NAME_LENGTH = 100;

/** Creates a one-time task from a tree; it does not start (spec 7.2). */
export const fastCreateTask = defineEndpoint({
  name: 'fast_create_task',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'operator',
  summary: 'Create a one-time task from a pipeline_tree',
  input: z.object({
    name: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
    flow_type: z.string().default('common'),
    description: z.string().default(''),
    category: z.string().default('Default'),
    has_common_subprocess: z.boolean().default(false),
    rerun_limit: z.number().int().min(1).max(1000).optional(),
  }),
  data: z.object({
    task_id: z.number().int(),
    task_url: z.string(),
    pipeline_tree: z.record(z.string(), z.unknown()),
  }),
  async run({ services, project, actor }, input) {
    const name = cleanName(input.name);
    if (name === '') throw new GantryError('invalid', "invalid params: 'name': is empty");
    const { id, tree } = await createTask(services, {
      project,
      name,
      tree: input.pipeline_tree,
      flowType: input.flow_type === 'common_func' ? 'common_func' : 'common',
      category: CATEGORIES.includes(input.category) ? input.category : 'Default',
      description: input.description,
      createMethod: 'api',
      actor,
      ...(input.rerun_limit === undefined ? {} : { rerunLimit: input.rerun_limit }),
    }).catch(prefixed('[API] fast_create_task get invalid pipeline_tree: '));
    return { data: { task_id: id, task_url: taskUrlOf(services.baseUrl, project.id, id), pipeline_tree: { ...tree } } };
  },
});

/** Characters that upstream takes out of names (spec 2.5). */
function cleanName(name: string): string {
  return name.replace(/[<>$&'"]/g, '').slice(0, MAX_NAME_LENGTH);
}

function prefixed(prefix: string) {
  return (error: unknown): never => {
    if (!(error instanceof GantryError)) throw error;
    throw new GantryError(error.kind, prefix + error.message, {
      cause: error,
      ...(error.details ? { details: error.details } : {}),
    });
  };
}
