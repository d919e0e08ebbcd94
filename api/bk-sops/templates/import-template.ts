import { z } from '@hono/zod-openapi';
import { rightsOf } from '../../../access/permission';
import { during, GantryError } from '../../../base/error';
import type { UncheckedTemplate } from '../../../templates/bundle';
import { readDocument } from '../../../templates/bundle-text';
import { readDat } from '../../../templates/dat';
import { importTemplates } from '../../../templates/import';
import { yamlReader } from '../../../templates/yaml/aside';
import type { Wording } from '../../wording';
import { defineEndpoint, defineUserEndpoint, type Reply, type UserCall } from '../endpoint';
import { FORMATS } from './schema';

/** The text that clients know, and after it what is wrong. */
export const IMPORT_WORDING: readonly Wording[] = [
  { step: 'import', of: ['refused'], text: 'invalid flow data or error occur, please contact administrator: ' },
];

const input = z.object({
  template_data: z.string().optional().describe('What an export answered'),
  format: z.enum(FORMATS).default('dat').describe('`yaml` is whichever of the two the text is'),
  override: z
    .boolean()
    .default(false)
    .describe('Replace templates that were exported here, or imported from the same file before: they keep their ids'),
});

export const importedData = z.object({
  count: z.number().int(),
  flows: z.record(z.string(), z.string()).describe('Names by template id'),
  templates: z
    .array(
      z.object({
        key: z.string().describe('What the file calls it'),
        template_id: z.number().int(),
        template_name: z.string(),
        action: z.enum(['created', 'updated', 'unchanged']),
        version: z.number().int().describe('The version that has its tree now'),
      }),
    )
    .describe('What was done with each template of the file'),
});

/** Makes templates of a file, in a project (bk-sops §7.5). */
export const importProjectTemplate = defineEndpoint({
  name: 'import_project_template',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'trusted',
  summary: 'Import templates into a project',
  input,
  wording: IMPORT_WORDING,
  data: importedData,
  run: async (call, file) =>
    importBundle(call, await readFile(file), call.project.id, { keepsCommon: false, override: file.override }),
});

/** Makes common templates of a file. */
export const importCommonTemplate = defineUserEndpoint({
  name: 'import_common_template',
  method: 'post',
  path: [],
  needs: 'trusted',
  summary: 'Import common templates',
  input,
  wording: IMPORT_WORDING,
  data: importedData,
  run: async (call, file) =>
    importBundle(call, await readFile(file), null, { keepsCommon: false, override: file.override }),
});

/** Imports into a project, or as common templates when `projectId` is null, and answers as bk-sops §7.5 has it. */
export async function importBundle(
  { services, caller, actor }: UserCall,
  bundle: readonly UncheckedTemplate[],
  projectId: number | null,
  how: { keepsCommon: boolean; override: boolean },
): Promise<Reply<z.input<typeof importedData>>> {
  const rights = rightsOf(caller);
  const options = { projectId, ...how, rights, actor };
  const done = await during('import', () => importTemplates(services.db, bundle, options));
  const flows = Object.fromEntries(done.map(({ id, name }) => [id, name]));
  const count = Object.keys(flows).length;
  const templates = done.map(({ key, id, name, action, version }) => ({
    key,
    template_id: id,
    template_name: name,
    action,
    version,
  }));
  return { message: `Successfully imported ${count} flows`, data: { count, flows, templates } };
}

async function readFile({ template_data, format }: z.output<typeof input>): Promise<UncheckedTemplate[]> {
  if (!template_data) throw new GantryError('invalid', 'template data can not be none');
  if (format === 'dat') return readDat(template_data);
  return format === 'json' ? readDocument(template_data, format) : yamlReader.bundleIn(template_data);
}
