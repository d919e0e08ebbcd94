import { z } from '@hono/zod-openapi';
import type { BundledTemplate } from '../../../templates/bundle';
import { writeDocument } from '../../../templates/bundle-text';
import { writeDat } from '../../../templates/dat';
import { exportTemplates } from '../../../templates/export';
import { writeFlows } from '../../../templates/yaml/write';
import { defineEndpoint } from '../endpoint';
import { projectIdOf } from './lookup';
import { FORMATS, id, templateSource } from './schema';

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
      .enum(FORMATS)
      .default('dat')
      .describe('`dat` and `bk_sops_yaml` are those of bk-sops, the others are ours, to be read'),
    template_source: templateSource,
  }),
  data: z.object({
    format: z.enum(FORMATS),
    count: z.number().int(),
    template_data: z.string(),
    notes: z.array(z.string()).describe('What the format cannot say: left out, or not read by bk-sops'),
  }),
  async run(call, { template_ids, format, template_source }) {
    const { services, caller } = call;
    const bundle = await exportTemplates(services.db, projectIdOf(call, template_source), [...new Set(template_ids)], {
      keepsCommon: false,
    });
    const { text, notes } = write(bundle, format, caller.username);
    return { data: { format, count: bundle.length, template_data: text, notes } };
  },
});

function write(bundle: readonly BundledTemplate[], format: (typeof FORMATS)[number], username: string) {
  switch (format) {
    case 'bk_sops_yaml':
      return writeFlows(bundle);
    case 'dat':
      return { text: writeDat(bundle, { at: new Date(), username }), notes: [] };
    default:
      return { text: writeDocument(bundle, format), notes: [] };
  }
}
