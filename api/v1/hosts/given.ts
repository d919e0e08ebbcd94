import { z } from '@hono/zod-openapi';
import { MAX_INTEGER } from '../../../db/schema';
import { MAX_MODULES_OF_HOST } from '../../../inventory/hosts/limits';
import { canonicalAddress } from '../../../inventory/ip-text';
import { MAX_TAGS } from '../../../inventory/limits';

const cloud_id = z.number().int().min(0).max(MAX_INTEGER);
const address = z
  .string()
  .transform((text, context) => {
    const address = canonicalAddress(text.trim());
    if (address === undefined) context.addIssue({ code: 'custom', message: 'it is no IP address and no DNS name' });
    return address ?? '';
  })
  .describe('An IP address or a DNS name, in whatever form; kept in one');
const modules = z
  .array(z.number().int().min(0).max(MAX_INTEGER))
  .min(1)
  .max(MAX_MODULES_OF_HOST)
  .describe('Ids of the modules that it is in; those of idle and broken hosts alone');

/** Not zod's own: that leaves out a name like `__proto__`, which is to be refused. */
const variables = z
  .custom<Record<string, string>>(isOfTexts, 'it has to be an object of texts: {"name": "text"}')
  .openapi({ type: 'object', additionalProperties: { type: 'string' } });

const ssh_profile_id = z
  .number()
  .int()
  .min(0)
  .max(MAX_INTEGER)
  .nullable()
  .describe('Of the project; null: none of its own. To say it needs the role admin');

const texts = {
  name: z.string().trim(),
  tags: z.array(z.string()).max(MAX_TAGS),
  variables,
  is_disabled: z.boolean(),
};

/** A host to be made. */
export const newHost = z.object({
  address,
  cloud_id: cloud_id.default(0),
  name: texts.name.optional().describe('Default: its address'),
  tags: texts.tags.default([]),
  variables: variables.default({}),
  is_disabled: texts.is_disabled.default(false),
  modules: modules.optional(),
  ssh_profile_id: ssh_profile_id.optional(),
});

/** What is to change of a host; tags, variables and modules replace those that it has. */
export const hostChanges = z.object({
  address: address.optional(),
  cloud_id: cloud_id.optional(),
  name: texts.name.optional(),
  tags: texts.tags.optional(),
  variables: variables.optional(),
  is_disabled: texts.is_disabled.optional(),
  modules: modules.optional(),
  ssh_profile_id: ssh_profile_id.optional(),
});

function isOfTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === 'string');
}
