import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint';
import { createdTask, createFromTemplate, describeCreated, templateTaskInput, wordingOf } from './from-template';

/** Creates a task from a template; it does not start (bk-sops §7.2). */
export const createTaskEndpoint = defineEndpoint({
  name: 'create_task',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Create a task from a template; with an Idempotency-Key header, once',
  input: templateTaskInput.extend({
    execute_task_nodes_id: z
      .array(z.string())
      .default([])
      .describe('All other activities are left out; wins over exclude_task_nodes_id'),
    simplify_vars: z.array(z.string()).default([]).describe('Keys of constants that take plain text'),
    pipeline_tree: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("In place of the template's: constants and nodes are as they are in it"),
  }),
  wording: wordingOf('create_task', 'task params is invalid'),
  data: createdTask,
  async run(call, input) {
    const created = await createFromTemplate(call, 'create_task', input);
    return { data: describeCreated(call, created, input.flow_type) };
  },
});
