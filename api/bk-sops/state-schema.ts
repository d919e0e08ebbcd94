import { z } from '@hono/zod-openapi';
import type { StateNode } from './state-tree';

/** A node of the answer of get_task_status, and those in it. */
export const stateNodeSchema: z.ZodType<StateNode> = z
  .object({
    id: z.string(),
    state: z.string().describe('As shown: a running pipeline shows what its nodes need'),
    raw_state: z.string().describe('Of the node itself'),
    name: z.string(),
    'root_id:': z.string().describe("The original's key, with its colon"),
    root_id: z.string(),
    parent_id: z.string(),
    version: z.string().describe('Another one for every attempt'),
    loop: z.int(),
    retry: z.int(),
    skip: z.boolean(),
    error_ignorable: z.boolean(),
    error_ignored: z.boolean(),
    elapsed_time: z.int().describe('Seconds'),
    start_time: z.string().nullable(),
    finish_time: z.string().nullable(),
    waiting_for: z.string().optional().describe('In words, when the node waits'),
    get children() {
      return z.record(z.string(), stateNodeSchema).openapi({ description: 'Nodes that were reached, by id' });
    },
  })
  .openapi('StateNode');

/** What is shown of a task that has not started. */
export const notStartedSchema = z.object({
  state: z.literal('CREATED'),
  retry: z.literal(0),
  skip: z.literal(0),
  elapsed_time: z.literal(0),
  start_time: z.null(),
  finish_time: z.null(),
  children: z.object({}),
});

const autoRetryInfo = z.object({
  node_id: z.string(),
  auto_retry_times: z.int(),
  max_auto_retry_times: z.int(),
});

/** What clients may ask for beside the states. */
export const askedSchema = z.object({
  ex_data: z.record(z.string(), z.unknown()).optional().describe('Why nodes failed, by id; with `with_ex_data`'),
  failed_node_info: z.record(z.string(), autoRetryInfo).optional(),
  auto_retry_status: z
    .object({ exist_auto_retry_nodes: z.boolean(), auto_retry_nodes: z.array(z.string()) })
    .optional(),
});
