import { z } from '@hono/zod-openapi';
import { enterProject, findProjects } from '../../../access/permission';
import { exportTemplates } from '../../../templates/export';
import { defineEndpoint } from '../endpoint';
import { placeOf } from '../project';
import { IMPORT_WORDING, importBundle, importedData } from './import-template';
import { id } from './schema';

/**
 * Copies templates, and those that they refer to, into another project; common ones stay what they are (bk-sops §7.5).
 */
export const copyTemplateAcrossProject = defineEndpoint({
  name: 'copy_template_across_project',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Copy templates into another project, in which the caller is an editor',
  input: z.object({ new_project_id: id, template_ids: z.array(id).min(1).max(500) }),
  wording: IMPORT_WORDING,
  data: importedData,
  async run(call, { new_project_id, template_ids }) {
    const { services, caller, project } = call;
    const candidates = await findProjects(services.db, caller, new_project_id);
    const target = enterProject(caller, 'editor', placeOf(new_project_id, 'project'), candidates);
    const bundle = await exportTemplates(services.db, project.id, [...new Set(template_ids)], { keepsCommon: true });
    return importBundle(call, bundle, target.id, { keepsCommon: true, override: false });
  },
});
