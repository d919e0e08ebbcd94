import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { instantiate, type TemplateSource } from '../../../templates/instantiate';
import { type Call, defineEndpoint, type Endpoint } from '../endpoint';
import { TEMPLATE_NOT_FOUND } from './source';

const input = z.object({
  version: z.string().default('').describe('Digest of a version; the newest when empty'),
  exclude_task_nodes_id: z
    .array(z.string(), 'invalid exclude_task_nodes_id')
    .default([])
    .describe('Optional activities to leave out'),
  template_schemes_id: z
    .array(z.union([z.string(), z.number()]))
    .default([])
    .describe('Leaves out what is in none of these schemes; wins over exclude_task_nodes_id'),
});
const data = z.object({
  pipeline_tree: z.record(z.string(), z.unknown()),
  constants_not_referred: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** What a task of a project's template will run, its subprocesses included (bk-sops §7.2). */
export const previewTaskTree = previewOf('preview_task_tree', 'project');

/** What a task of a common template will run (bk-sops §7.2). */
export const previewCommonTaskTree = previewOf('preview_common_task_tree', 'common');

function previewOf(name: string, source: TemplateSource): Endpoint {
  return defineEndpoint({
    name,
    method: 'post',
    onlyReads: true,
    path: ['bk_biz_id', 'template_id'],
    needs: 'viewer',
    summary: `What a task of a ${source} template will run once nodes are left out`,
    input,
    wording: [TEMPLATE_NOT_FOUND, { step: 'instantiate', of: ['refused'], text: `${name} fail: ` }],
    data,
    run: (call, given) => preview(call, source, given),
  });
}

async function preview(
  { services, caller, project, ids }: Call,
  source: TemplateSource,
  given: z.output<typeof input>,
) {
  const { tree, notReferred } = await instantiate(services.db, {
    projectId: project.id,
    templateId: ids.template_id,
    source,
    rights: rightsOf(caller, project),
    ...(given.version === '' ? {} : { version: given.version }),
    excludeNodeIds: given.exclude_task_nodes_id,
    schemeIds: given.template_schemes_id,
  });
  const constants = Object.entries(notReferred).map(([key, constant]) => [key, { ...constant }] as const);
  return { data: { pipeline_tree: { ...tree }, constants_not_referred: Object.fromEntries(constants) } };
}
