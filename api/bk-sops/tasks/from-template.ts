import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { GantryError } from '../../../base/error';
import type { JsonObject } from '../../../pipeline/json';
import { claimUrlOf, taskUrlOf } from '../../../tasks/context';
import type { NewTask } from '../../../tasks/create';
import { type CreatedTask, createTaskOnce } from '../../../tasks/once';
import type { Choices } from '../../../templates/instantiate';
import { taskOfTemplate } from '../../../templates/task-of-template';
import type { Wording } from '../../wording';
import type { Call } from '../endpoint';
import { sourceOf, TEMPLATE_NOT_FOUND } from '../templates/source';
import { keyedBy } from './keyed';

const MAX_NAME_LENGTH = 100;
const CALLBACK_URL = /^https?:\/\/\w.+$/;

const nodeIds = z.array(z.string()).default([]);
const schemeId = z.union([z.string(), z.number()]);

/** What create_task and create_and_start_task have in common. */
export const templateTaskInput = z.object({
  name: z
    .string()
    .min(1)
    .refine((name) => [...name].length <= MAX_NAME_LENGTH, `is longer than ${MAX_NAME_LENGTH} characters`),
  template_source: z.enum(['project', 'business', 'common']).default('project'),
  flow_type: z.enum(['common', 'common_func']).default('common'),
  constants: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('{"${key}": value}; keys that do not exist are ignored'),
  exclude_task_nodes_id: nodeIds,
  template_schemes_id: z.union([schemeId, z.array(schemeId)]).optional(),
  description: z.string().default(''),
  callback_url: z.string().default(''),
  callback_version: z.string().default(''),
  validate_constants: z
    .boolean()
    .default(false)
    .describe('Refuse values of shown constants that do not match the `validation` of the constant'),
});

export const createdTask = z.object({
  task_id: z.number().int(),
  task_url: z.string(),
  function_task_claim_url: z.string().optional(),
  pipeline_tree: z.record(z.string(), z.unknown()),
});

/** create_task takes more than create_and_start_task. */
type Input = z.output<typeof templateTaskInput> & {
  execute_task_nodes_id?: string[];
  simplify_vars?: string[];
  pipeline_tree?: Record<string, unknown>;
};

/**
 * Creates a task from a template, once for an `Idempotency-Key`.
 *
 * @param endpoint its name, for messages
 * @throws GantryError as bk-sops §7.2 has it
 */
export async function createFromTemplate(call: Call, endpoint: string, input: Input): Promise<CreatedTask> {
  const { services, caller, project, actor, ids } = call;
  if (input.callback_url !== '' && !CALLBACK_URL.test(input.callback_url)) {
    throw new GantryError(
      'invalid',
      `callback_url format error, must match ${CALLBACK_URL.source.replaceAll('\\/', '/')}`,
    );
  }
  const choices = readChoices(input);
  return createTaskOnce(services.db, keyedBy(call, endpoint, input), async (): Promise<NewTask> => {
    const made = await taskOfTemplate(services.db, {
      ...choices,
      projectId: project.id,
      templateId: ids.template_id,
      source: sourceOf(input.template_source),
      rights: rightsOf(caller, project),
      tree: input.pipeline_tree,
    });
    return {
      ...made,
      project,
      name: input.name,
      mustBeClaimed: input.flow_type === 'common_func',
      description: input.description,
      createMethod: 'api',
      actor,
      ...(input.callback_url === ''
        ? {}
        : { noticesTo: { url: input.callback_url, version: input.callback_version || null } }),
    };
  });
}

/** What the two say in their own words. */
export function wordingOf(endpoint: string, invalidInput: string): Wording[] {
  return [
    { step: 'input', text: `${invalidInput}: ` },
    TEMPLATE_NOT_FOUND,
    { step: 'instantiate', of: ['refused'], text: `[API] ${endpoint} create pipeline without tree error: ` },
    {
      step: 'sent-tree',
      of: ['invalid', 'refused'],
      as: 'refused',
      text: `[API] ${endpoint} get invalid pipeline_tree: `,
    },
  ];
}

/** The body of the answer. */
export function describeCreated({ services, project }: Call, { id, tree }: CreatedTask, flowType: string) {
  const { baseUrl } = services;
  return {
    task_id: id,
    task_url: taskUrlOf(baseUrl, project.id, id),
    ...(flowType === 'common_func' ? { function_task_claim_url: claimUrlOf(baseUrl, project.id, id) } : {}),
    pipeline_tree: { ...tree },
  };
}

function readChoices(input: Input): Choices {
  const schemeIds = [input.template_schemes_id ?? []].flat();
  const { exclude_task_nodes_id: excludeNodeIds, execute_task_nodes_id: executeNodeIds = [] } = input;
  if (!schemeIds.every((id) => (typeof id === 'string' ? id !== '' : Number.isInteger(id) && id > 0))) {
    throw new GantryError(
      'invalid',
      'invalid template_schemes_id: all items must be non-empty strings or positive integers',
    );
  }
  if (schemeIds.length > 0) {
    const others = excludeNodeIds.length + executeNodeIds.length > 0;
    const rival = input.pipeline_tree
      ? 'pipeline_tree'
      : others
        ? 'exclude_task_nodes_id or execute_task_nodes_id'
        : '';
    if (rival) throw new GantryError('invalid', `template_schemes_id can not be used with ${rival}`);
  }
  return {
    schemeIds,
    executeNodeIds,
    excludeNodeIds,
    // It was JSON when it came.
    constants: input.constants as JsonObject,
    simplifyVars: input.simplify_vars ?? [],
    validateConstants: input.validate_constants,
  };
}
