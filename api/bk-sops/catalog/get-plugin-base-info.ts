import { z } from '@hono/zod-openapi';
import { describeCatalog } from '../../../plugins/describe';
import { defineEndpoint } from '../endpoint';

/** Codes and names of the plugins, each code once (bk-sops §7.7). */
export const getPluginBaseInfo = defineEndpoint({
  name: 'get_plugin_base_info',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Codes and names of the plugins',
  input: z.object({}),
  data: z.array(z.object({ code: z.string(), name: z.string() })),
  async run() {
    const names = new Map(describeCatalog().map(({ code, name }) => [code, name]));
    return { data: [...names].map(([code, name]) => ({ code, name })) };
  },
});
