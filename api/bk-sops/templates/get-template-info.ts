import { z } from '@hono/zod-openapi';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { hasOutdatedReferences } from '../../../templates/outdated';
import { findVersion } from '../../../templates/save';
import { writeText } from '../../../templates/tree-text';
import { unfoldTree } from '../../../templates/unfold';
import { grantedIn } from '../auth-actions';
import { type Call, defineEndpoint } from '../endpoint';
import { describeConstants, withSchemas } from './constants';
import { projectIdOf, requireTemplate } from './lookup';
import { flag, includes, projectFields, templateItem, templateSource, treeData } from './schema';
import { showProject, showTemplates } from './show';

/** A template with its tree (bk-sops §7.5), of its newest version or of another. */
export const getTemplateInfo = defineEndpoint({
  name: 'get_template_info',
  method: 'get',
  path: ['template_id', 'bk_biz_id'],
  needs: 'viewer',
  summary: 'A template with its tree',
  input: includes.extend({
    template_source: templateSource,
    include_subprocess: flag,
    include_constants: flag,
    unfold_subprocess: flag,
    format: z.enum(['json', 'yaml']).default('json').describe('Of pipeline_tree'),
    version: z.string().optional().describe('Digest or number of a version'),
  }),
  data: templateItem.extend({
    ...projectFields.shape,
    version: z.number().int(),
    digest: z.string(),
    default_flow_type: z.string(),
    timeout: z.number().int().describe('Minutes'),
    pipeline_tree: z.union([treeData, z.string()]).describe('Without its drawing; YAML text when asked for'),
    has_subprocess: z.boolean().optional(),
    subprocess_has_update: z.boolean().optional(),
    template_constants: z
      .array(
        z.object({
          name: z.string(),
          key: z.string(),
          show_type: z.string(),
          constant_type: z.string(),
          activity_count: z.number().int(),
        }),
      )
      .optional(),
  }),
  async run(call, { template_source, version, format, ...include }) {
    const { services, project, ids } = call;
    const template = await requireTemplate(call, template_source);
    const projectId = projectIdOf(call, template_source);
    const found = await findVersion(services.db, { projectId, templateId: ids.template_id }, version);
    const stored = found.tree as PipelineTree;
    const place = { projectId, template: { id: template.id, name: template.name } };
    const tree = include.unfold_subprocess ? await unfoldTree(services.db, place, stored) : stored;
    const granted = grantedIn(call);
    const [item] = await showTemplates(call, [template], { project, granted, include });
    return {
      data: {
        ...item!,
        ...showProject(project),
        version: found.version,
        digest: found.digest,
        default_flow_type: template.default_flow_type,
        timeout: template.timeout,
        pipeline_tree: format === 'yaml' ? writeText(shownTree(tree), 'yaml') : shownTree(tree),
        ...(include.include_subprocess ? await subprocessFacts(call, stored) : {}),
        ...(include.include_constants ? { template_constants: describeConstants(stored) } : {}),
      },
    };
  },
});

function shownTree({ location: _location, line: _line, ...tree }: PipelineTree): Record<string, unknown> {
  return { ...tree, constants: withSchemas(tree.constants) };
}

async function subprocessFacts({ services }: Call, tree: PipelineTree) {
  return {
    has_subprocess: Object.values(tree.activities).some(({ type }) => type === 'SubProcess'),
    subprocess_has_update: await hasOutdatedReferences(services.db, tree),
  };
}
