import { z } from '@hono/zod-openapi';
import type { CatalogEntry } from '../../../plugins/describe';

const field = z.object({
  key: z.string(),
  name: z.string(),
  type: z.string(),
  required: z.boolean(),
  schema: z.record(z.string(), z.unknown()).describe('JSON schema'),
});

/** A plugin as bk-sops §7.7 has it; there are no forms here, and whether it can run is ours. */
export const pluginEntry = z.object({
  code: z.string(),
  version: z.string(),
  name: z.string(),
  group_name: z.string(),
  desc: z.string(),
  form: z.string(),
  inputs: z.array(field),
  outputs: z.array(field),
  available: z.boolean().describe('Whether it can run here'),
  reason: z.string().describe('Why it cannot'),
});

export function toPluginEntry(entry: CatalogEntry): z.output<typeof pluginEntry> {
  return { ...entry, form: '' };
}
