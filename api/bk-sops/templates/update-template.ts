import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { updateTemplate } from '../../../templates/save';
import { defineEndpoint } from '../endpoint';
import { treeChanges } from './changes';
import { requireChangeable } from './lookup';
import { settingsInput, templateSource, treeInput } from './schema';
import { readSentTree } from './sent-tree';
import { readSettings } from './settings';

/** Changes a template: only what is sent. Not in bk-sops' gateway (bk-sops §11). */
export const updateTemplateEndpoint = defineEndpoint({
  name: 'update_template',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Change a template; a tree that differs is a new version',
  input: settingsInput.extend({
    ...treeInput.shape,
    template_source: templateSource,
    expected_version: z
      .union([z.string(), z.number()])
      .transform(String)
      .optional()
      .describe('Number or digest of the version that the change is made of; refused when there is a newer one'),
  }),
  data: z.object({
    template_id: z.number().int(),
    version: z.number().int(),
    digest: z.string(),
    changes: treeChanges,
  }),
  async run(call, input) {
    const { services, caller, project, actor } = call;
    const key = await requireChangeable(call, input.template_source);
    const sent = input.pipeline_tree === undefined ? {} : { tree: (await readSentTree(input)).tree };
    const { version, digest, changes } = await updateTemplate(services.db, {
      ...key,
      settings: readSettings(caller, input),
      ...sent,
      ...(input.template_labels === undefined ? {} : { labelIds: input.template_labels }),
      ...(input.expected_version === undefined ? {} : { expectedVersion: input.expected_version }),
      actor,
      rights: rightsOf(caller, project),
    });
    return { data: { template_id: key.templateId, version, digest, changes } };
  },
});
