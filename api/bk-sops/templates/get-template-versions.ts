import { z } from '@hono/zod-openapi';
import { listVersions } from '../../../db/templates';
import { defineEndpoint } from '../endpoint';
import { timeFormatterIn } from '../format';
import { treeChanges } from './changes';
import { requireTemplate } from './lookup';
import { templateSource } from './schema';

/** The versions of a template, newest first, each with what changed against the one before. */
export const getTemplateVersions = defineEndpoint({
  name: 'get_template_versions',
  method: 'get',
  path: ['template_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'Versions of a template, newest first',
  input: z.object({ template_source: templateSource, expected_timezone: z.string().optional() }),
  data: z.array(
    z.object({
      version: z.number().int(),
      digest: z.string(),
      creator: z.string(),
      create_time: z.string(),
      changes: treeChanges,
    }),
  ),
  async run(call, { template_source, expected_timezone }) {
    const format = timeFormatterIn(call.project, expected_timezone);
    const template = await requireTemplate(call, template_source);
    const versions = await listVersions(call.services.db, template.id);
    return {
      data: versions.map(({ version, digest, creator, created_at, changes }) => ({
        version,
        digest,
        creator,
        create_time: format(created_at) ?? '',
        changes: changes as z.output<typeof treeChanges>,
      })),
    };
  },
});
