import { z } from '@hono/zod-openapi';
import { parseJson, stringifyJson } from '../../../base/json';
import { listSchemes, type SchemeRecord } from '../../../db/template-schemes';
import { findTemplateTree } from '../../../db/templates';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { schemeKey } from '../../../templates/choose-nodes';
import { constantsOfScheme, createScheme, removeScheme } from '../../../templates/schemes';
import { defineEndpoint } from '../endpoint';
import { projectIdOf, refuseMissing, requireChangeable } from './lookup';
import { flag, templateSource } from './schema';

const scheme = z.object({
  id: z.string(),
  name: z.string(),
  data: z.string().describe('JSON text of the chosen nodes'),
});

/** Choices among the optional nodes of a template (bk-sops §7.5). */
export const getTemplateSchemes = defineEndpoint({
  name: 'get_template_schemes',
  method: 'get',
  path: ['bk_biz_id', 'template_id'],
  needs: 'viewer',
  summary: 'Schemes of a template',
  input: z.object({ with_constants: flag, template_source: templateSource }),
  data: z.array(scheme.extend({ detail: z.object({ constants: z.record(z.string(), z.unknown()) }).optional() })),
  async run(call, { with_constants, template_source }) {
    const { services, ids } = call;
    const template = await findTemplateTree(services.db, projectIdOf(call, template_source), ids.template_id);
    if (!template) return refuseMissing(call, template_source);
    const schemes = await listSchemes(services.db, [template.id]);
    const detailOf = (record: SchemeRecord) => ({
      constants: constantsOfScheme(template.tree as PipelineTree, record),
    });
    return {
      data: schemes.map((record) => ({ ...show(record), ...(with_constants ? { detail: detailOf(record) } : {}) })),
    };
  },
});

/** Names a choice among the optional nodes of a template. */
export const createTemplateScheme = defineEndpoint({
  name: 'create_template_scheme',
  method: 'post',
  path: ['bk_biz_id', 'template_id'],
  needs: 'editor',
  summary: 'Create a scheme of a template',
  input: z.object({
    name: z.string().min(1).max(64),
    data: z
      .union([z.array(z.string()), z.string().transform(parsed).pipe(z.array(z.string()))])
      .describe('Node ids, or JSON text of them'),
    template_source: templateSource,
  }),
  data: scheme.extend({ unique_id: z.string() }),
  async run(call, { name, data, template_source }) {
    const key = await requireChangeable(call, template_source);
    const created = await createScheme(call.services.db, key, { name, nodeIds: data }, call.actor);
    return { data: { ...show(created), unique_id: schemeKey(created) } };
  },
});

/** Forgets a choice; tasks that were made with it stay. */
export const deleteTemplateScheme = defineEndpoint({
  name: 'delete_template_scheme',
  method: 'post',
  path: ['bk_biz_id', 'template_id'],
  needs: 'editor',
  summary: 'Delete a scheme of a template',
  input: z.object({
    scheme_id: z.union([z.string(), z.number()]).transform(String).describe('`47-night`, or a number'),
    template_source: templateSource,
  }),
  data: z.object({ scheme_id: z.string() }),
  async run(call, { scheme_id, template_source }) {
    const key = await requireChangeable(call, template_source);
    await removeScheme(call.services.db, key, scheme_id, call.actor);
    return { data: { scheme_id } };
  },
});

function show(record: SchemeRecord): z.output<typeof scheme> {
  return { id: schemeKey(record), name: record.name, data: stringifyJson(record.node_ids) };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
