import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { findCatalogEntry } from '../../../plugins/describe';
import { defineEndpoint } from '../endpoint';
import { pluginEntry, toPluginEntry } from './entry';

/** One plugin with its inputs and outputs (bk-sops §7.7). */
export const getPluginDetail = defineEndpoint({
  name: 'get_plugin_detail',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'A plugin with its inputs and outputs',
  input: z.object({ code: z.string().optional(), version: z.string().default('legacy') }),
  data: pluginEntry,
  async run(_call, { code, version }) {
    if (!code) throw new GantryError('validation', 'parameter code need to be provided.');
    const entry = findCatalogEntry(code, version);
    if (entry) return { data: toPluginEntry(entry) };
    throw new GantryError('validation', `can not find suitable component with code: ${code} and version: ${version}`);
  },
});
