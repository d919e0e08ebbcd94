import { z } from '@hono/zod-openapi';
import { describeCatalog } from '../../../plugins/describe';
import { defineEndpoint } from '../endpoint';
import { pluginEntry, toPluginEntry } from './entry';

/** Every plugin that a tree may name, with its inputs and outputs (bk-sops §7.7). */
export const getPluginList = defineEndpoint({
  name: 'get_plugin_list',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'The plugins, with their inputs and outputs',
  input: z.object({}),
  data: z.array(pluginEntry),
  async run() {
    return { data: describeCatalog().map(toPluginEntry) };
  },
});
