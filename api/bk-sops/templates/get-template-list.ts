import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../base/error';
import { stringifyJson } from '../../../base/json';
import { MAX_INTEGER } from '../../../db/schema';
import { listTemplates } from '../../../db/templates';
import { grantedIn } from '../auth-actions';
import { defineEndpoint, defineUserEndpoint } from '../endpoint';
import { idList } from '../query';
import { projectIdOf } from './lookup';
import { includes, projectFields, templateItem, templateSource } from './schema';
import { showProject, showTemplates } from './show';

const filters = includes.extend({ id_in: idList, name_keyword: z.string().optional() });

/** The templates of a project, or the common ones (bk-sops §7.5); newest first. */
export const getTemplateList = defineEndpoint({
  name: 'get_template_list',
  method: 'get',
  path: ['bk_biz_id'],
  needs: 'viewer',
  summary: 'Templates of a project, or the common ones',
  input: filters.extend({ template_source: templateSource }),
  data: z.array(templateItem.extend(projectFields.shape)),
  async run(call, { template_source, ...include }) {
    const { services, project } = call;
    const templates = await listTemplates(services.db, projectIdOf(call, template_source), readFilters(include));
    const granted = grantedIn(call);
    const items = await showTemplates(call, templates, { project, granted, include });
    return { data: items.map((item) => ({ ...item, ...showProject(project) })) };
  },
});

/** The templates that every project may use; anybody sees them. */
export const getCommonTemplateList = defineUserEndpoint({
  name: 'get_common_template_list',
  method: 'get',
  path: [],
  needs: 'user',
  summary: 'Common templates',
  input: filters,
  data: z.array(templateItem),
  async run(call, include) {
    const templates = await listTemplates(call.services.db, null, readFilters(include));
    const granted = call.caller.app.trusted ? 'all' : 'viewer';
    return { data: await showTemplates(call, templates, { granted, include }) };
  },
});

function readFilters({ id_in, name_keyword }: { id_in?: string | undefined; name_keyword?: string | undefined }) {
  return {
    ...(id_in ? { ids: readIds(id_in) } : {}),
    ...(name_keyword ? { keyword: name_keyword } : {}),
  };
}

function readIds(text: string): number[] {
  return text.split(',').map((part) => {
    const id = Number(part);
    if (/^ *\d+ *$/.test(part) && id <= MAX_INTEGER) return id;
    throw new GantryError('invalid', `invalid params: 'id_in': ${stringifyJson(part)} is no id`);
  });
}
