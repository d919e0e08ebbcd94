import { z } from 'zod';
import { stringifyJson } from '../../base/json';
import type { JsonObject } from '../../pipeline/json';
import { request } from '../http';
import { jsonValue } from '../json-value';
import { definePlugin, type PluginContext, PluginFailure, withAnswer } from '../plugin';

const TIMEOUT_MS = 10_000;

const inputs = z.object({
  biz_cc_id: jsonValue.optional().describe('Business; handed on'),
  bk_notify_type: jsonValue.optional().describe('Channels, such as ["mail", "weixin"]; handed on'),
  bk_receiver_info: jsonValue
    .optional()
    .describe('{bk_receiver_group, bk_staff_group, bk_more_receiver}: who is to be told; handed on'),
  bk_notify_title: jsonValue.default('').describe('Title'),
  bk_notify_content: jsonValue.default('').describe('Text'),
  notify: jsonValue.optional().describe('Tell the executor too; handed on'),
});

/**
 * Sends a notification as JSON to the webhook in `GANTRY_NOTIFY_WEBHOOK` (bk-sops §8.1): there is no CMSI. Without a
 * webhook the text is in the record only; the node succeeds, because templates that come from bk-sops are full of
 * notifications, and its outputs say that nobody was told.
 */
export const plugin = definePlugin({
  code: 'bk_notify',
  version: 'v1.0',
  name: 'Notification',
  group: 'Flow',
  description: 'Posts a notification to the webhook of this installation',
  // Repeated after a crash, under a key by which the receiver can tell.
  effect: 'idempotent',
  timeoutMs: 3 * TIMEOUT_MS,
  inputs,
  outputs: z.object({
    delivered: z.boolean().describe('Whether a webhook has taken it'),
    message: z.string().describe('What became of it'),
  }),
  run: notify,
});

async function notify(input: z.output<typeof inputs>, context: PluginContext): Promise<JsonObject> {
  const url = process.env.GANTRY_NOTIFY_WEBHOOK;
  if (!url) return { delivered: false, message: 'nobody was told: GANTRY_NOTIFY_WEBHOOK is not set' };
  const { taskId, nodeId, loop, attempt } = context.run;
  const { status, text } = await request({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': [taskId, nodeId, loop, attempt].join('-'),
    },
    body: stringifyJson({
      title: input.bk_notify_title,
      content: input.bk_notify_content,
      notify_type: input.bk_notify_type ?? [],
      receiver_info: input.bk_receiver_info ?? {},
      biz_cc_id: input.biz_cc_id ?? null,
      notify_executor: input.notify ?? false,
      executor: context.executor,
      task_id: taskId,
      task_name: context.system.task_name ?? '',
      task_url: context.system.task_url ?? '',
      node_id: nodeId,
    }),
    timeoutMs: TIMEOUT_MS,
    signal: context.signal,
  });
  if (status < 200 || status > 299) {
    const message = `the webhook answered with status ${status}`;
    throw new PluginFailure(withAnswer(message, text), { delivered: false }, { plain: message, answer: text });
  }
  return { delivered: true, message: `the webhook answered with status ${status}` };
}
