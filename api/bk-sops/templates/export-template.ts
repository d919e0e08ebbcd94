import { z } from '@hono/zod-openapi';
import { writeDocument } from '../../../templates/bundle';
import { writeDat } from '../../../templates/dat';
import { exportTemplates } from '../../../templates/export';
import { defineEndpoint } from '../endpoint';
import { placeOf } from './lookup';
import { id, templateSource } from './schema';

/** Writes templates, and all that they refer to, as a file that can be imported. Not in bk-sops' gateway. */
export const exportProjectTemplate = defineEndpoint({
  name: 'export_project_template',
  method: 'post',
  onlyReads: true,
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Export templates with all that they refer to',
  input: z.object({
    template_ids: z.array(id).min(1).max(500),
    format: z
      .enum(['dat', 'json', 'yaml'])
      .default('dat')
      .describe('`dat` is that of bk-sops, the others are to be read'),
    template_source: templateSource,
  }),
  data: z.object({
    format: z.enum(['dat', 'json', 'yaml']),
    count: z.number().int(),
    template_data: z.string(),
  }),
  async run(call, { template_ids, format, template_source }) {
    const { services, caller } = call;
    const bundle = await exportTemplates(services.db, placeOf(call, template_source), [...new Set(template_ids)], {
      keepsCommon: false,
    });
    const template_data =
      format === 'dat'
        ? writeDat(bundle, { at: new Date(), username: caller.username })
        : writeDocument(bundle, format);
    return { data: { format, count: bundle.length, template_data } };
  },
});
