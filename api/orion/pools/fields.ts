import { z } from '@hono/zod-openapi';
import { MAX_POOL_NAME_LENGTH, MAX_POOL_TEXT_LENGTH } from '../../../inventory/pools/limits';
import { inAnyCase, name, optional, present, whole, wholeOrNone } from '../fields';

const TASKS = { expand: wholeOrNone(), shrink: wholeOrNone(), deploy: wholeOrNone() };

/** Template ids by what they are for; clients send numbers, texts of them, or a JSON null. */
const tasks = z.preprocess(present, inAnyCase(z.object(TASKS)).optional());

const common = {
  desc: optional(z.string().max(MAX_POOL_TEXT_LENGTH)),
  vm_type: optional(whole()).describe('What its provider makes; 0: nothing'),
  sd_id: optional(whole()).describe('Where its provider registers hosts; 0: nowhere'),
  tasks: tasks.describe('Ids of rollout templates by `expand`, `shrink`, `deploy`; 0: none'),
  module_id: optional(whole()).describe('A module whose hosts are its own; 0: none'),
  ssh_profile_id: optional(whole()).describe('By which its hosts are reached that have none of their own; 0: none'),
};

/** The fields of a new pool. */
export const newPool = z.object({ ...common, name: name(MAX_POOL_NAME_LENGTH), service_id: whole({ min: 1 }) });

/** What may change of a pool. */
export const changedPool = z.object({ ...common, name: optional(name(MAX_POOL_NAME_LENGTH)) });

/** The columns for what was sent; what was not is not there. */
export function columnsOf({ desc, vm_type, sd_id, tasks, module_id, ssh_profile_id }: z.output<typeof changedPool>) {
  return {
    ...(desc === undefined ? {} : { description: desc }),
    ...(vm_type === undefined ? {} : { vm_type }),
    ...(sd_id === undefined ? {} : { sd_id }),
    ...(tasks ? { expand_template: tasks.expand, shrink_template: tasks.shrink, deploy_template: tasks.deploy } : {}),
    ...(module_id === undefined ? {} : { module_id: module_id || null }),
    ...(ssh_profile_id === undefined ? {} : { ssh_profile_id: ssh_profile_id || null }),
  };
}
