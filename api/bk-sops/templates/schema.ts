import { z } from '@hono/zod-openapi';
import { isDeeperThan } from '../../../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../../../pipeline/tree/limits';
import { wholeNumber } from '../query';

export const id = wholeNumber(1);

const YES = ['true', 'True', '1', 'yes', 'on'];

/** A flag of a query; anything but yes is no. */
export const flag = z
  .string()
  .optional()
  .transform((value) => value !== undefined && YES.includes(value));

/** Where a template lives; `business` is an old name of `project` (bk-sops §7.2). */
export const templateSource = z.enum(['project', 'business', 'common']).default('project');

/** Of files with templates. */
export const FORMATS = ['dat', 'json', 'yaml', 'bk_sops_yaml'] as const;

export const treeData = z.record(z.string(), z.unknown());

export const label = z.object({
  id: z.number().int(),
  name: z.string(),
  color: z.string(),
  description: z.string(),
});

const notifyType = z.object({ success: z.array(z.string()), fail: z.array(z.string()) });

/** What a template is shown as, without its tree. */
export const templateItem = z.object({
  id: z.number().int(),
  name: z.string(),
  creator: z.string(),
  create_time: z.string(),
  editor: z.string(),
  edit_time: z.string(),
  category: z.string(),
  description: z.string(),
  auth_actions: z.array(z.string()),
  labels: z.array(label).optional(),
  executor_proxy: z.string().optional(),
  notify_type: notifyType.optional(),
  notify_receivers: z.record(z.string(), z.unknown()).optional(),
});

/** What it is shown with in a project. */
export const projectFields = z.object({
  project_id: z.number().int(),
  project_name: z.string(),
  bk_biz_id: z.number().int().nullable(),
  bk_biz_name: z.string().nullable(),
});

/** Queries of what is shown with a template. */
export const includes = z.object({
  include_labels: flag,
  include_executor_proxy: flag,
  include_notify: flag,
  expected_timezone: z.string().optional(),
});

/** Settings of a template as clients send them. */
export const settingsInput = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  category: z.string().optional(),
  notify_type: z.object({ success: z.array(z.string()).default([]), fail: z.array(z.string()).default([]) }).optional(),
  notify_receivers: z
    .looseObject({ receiver_group: z.array(z.unknown()).optional(), more_receiver: z.string().optional() })
    .refine((receivers) => !isDeeperThan(receivers, MAX_JSON_DEPTH), 'is nested too deep')
    .optional(),
  timeout: wholeNumber(0).optional().describe('Minutes'),
  default_flow_type: z.string().optional(),
  executor_proxy: z.string().max(128).optional(),
});

/** A tree as clients send it, and what else they say of it. */
export const treeInput = z.object({
  pipeline_tree: z.union([treeData, z.string()]).optional(),
  format: z.enum(['json', 'yaml']).default('json'),
  template_labels: z.array(id).optional(),
});
