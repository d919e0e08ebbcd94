import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { createTemplate } from '../../../templates/save';
import { DEFAULT_SETTINGS } from '../../../templates/settings';
import { type Call, defineEndpoint } from '../endpoint';
import { timeFormatter } from '../format';
import { settingsInput, treeInput } from './schema';
import { readSentTree } from './sent-tree';
import { readSettings } from './settings';

/** Makes a template of a project (bk-sops §7.5). */
export const createTemplateEndpoint = defineEndpoint({
  name: 'create_template',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'editor',
  summary: 'Create a template',
  input: settingsInput.extend(treeInput.shape),
  data: z.object({ template_id: z.number().int(), template_name: z.string(), pipeline_template_id: z.string() }),
  async run(call, input) {
    const { services, caller, project, actor } = call;
    const { tree, ...said } = await readSentTree(input);
    const name = input.name || said.name;
    const given = { ...input, name, description: input.description || said.description };
    const { name: named = defaultName(call), ...settings } = readSettings(caller, given);
    const id = await createTemplate(services.db, {
      projectId: project.id,
      settings: { ...DEFAULT_SETTINGS, name: named, ...settings },
      tree,
      labelIds: input.template_labels ?? [],
      actor,
      rights: rightsOf(caller, project),
    });
    return { data: { template_id: id, template_name: named, pipeline_template_id: String(id) } };
  },
});

/** `new20260728101530`, on the project's clock. */
function defaultName({ project }: Call): string {
  return `new${timeFormatter(project)(new Date())!.slice(0, 19).replace(/\D/g, '')}`;
}
