import { z } from '@hono/zod-openapi';
import { deleteTemplate } from '../../../templates/delete';
import { defineEndpoint } from '../endpoint';
import { requireChangeable } from './lookup';
import { templateSource } from './schema';

/** Deletes a template that nothing needs. Not in bk-sops' gateway (bk-sops §11). */
export const deleteTemplateEndpoint = defineEndpoint({
  name: 'delete_template',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'editor',
  summary: 'Delete a template that no other template and no task to come uses',
  input: z.object({ template_source: templateSource }),
  data: z.object({ template_id: z.number().int() }),
  async run(call, { template_source }) {
    const key = await requireChangeable(call, template_source);
    await deleteTemplate(call.services.db, key, call.actor);
    return { data: { template_id: key.templateId } };
  },
});
