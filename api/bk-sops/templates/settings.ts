import type { z } from '@hono/zod-openapi';
import type { Caller } from '../../../access/caller';
import { requireOwnProxy } from '../../../access/permission';
import { requireCleanName } from '../../../tasks/names';
import type { TemplateSettings } from '../../../templates/settings';
import type { settingsInput } from './schema';

/**
 * Those settings that a client sent.
 *
 * @throws GantryError `invalid` for a name of which nothing is left, or somebody else's proxy
 */
export function readSettings(caller: Caller, input: z.output<typeof settingsInput>): Partial<TemplateSettings> {
  const name = input.name === undefined ? undefined : requireCleanName(input.name, 'name');
  if (input.executor_proxy !== undefined) requireOwnProxy(caller, input.executor_proxy);
  const settings = {
    name,
    description: input.description,
    category: input.category,
    notifyType: input.notify_type,
    notifyReceivers: input.notify_receivers,
    timeout: input.timeout,
    defaultFlowType: input.default_flow_type,
    executorProxy: input.executor_proxy,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
