import { z } from '@hono/zod-openapi';
import { GantryError } from '../../../tasks/error';
import { readDocument, type UncheckedTemplate } from '../../../templates/bundle';
import { readDat } from '../../../templates/dat';
import { importTemplates } from '../../../templates/import';
import { rightsOf } from '../../permission';
import { defineEndpoint, defineUserEndpoint, type Reply, type UserCall } from '../endpoint';

const input = z.object({
  template_data: z.string().optional().describe('What an export answered'),
  format: z.enum(['dat', 'json', 'yaml']).default('dat'),
});

export const importedData = z.object({
  count: z.number().int(),
  flows: z.record(z.string(), z.string()).describe('Names by template id'),
});

/** Makes new templates of a file, in a project (spec 7.5). */
export const importProjectTemplate = defineEndpoint({
  name: 'import_project_template',
  method: 'post',
  path: ['bk_biz_id'],
  needs: 'trusted',
  summary: 'Import templates into a project',
  input,
  data: importedData,
  run: (call, file) => importBundle(call, readFile(file), call.project.id, { keepsCommon: false }),
});

/** Makes new common templates of a file. */
export const importCommonTemplate = defineUserEndpoint({
  name: 'import_common_template',
  method: 'post',
  path: [],
  needs: 'trusted',
  summary: 'Import common templates',
  input,
  data: importedData,
  run: (call, file) => importBundle(call, readFile(file), null, { keepsCommon: false }),
});

/** Imports into a project, or as common templates when `projectId` is null, and answers as spec 7.5 has it. */
export async function importBundle(
  { services, caller, actor }: UserCall,
  bundle: readonly UncheckedTemplate[],
  projectId: number | null,
  { keepsCommon }: { keepsCommon: boolean },
): Promise<Reply<z.input<typeof importedData>>> {
  const rights = rightsOf(caller);
  const flows = await importTemplates(services.db, bundle, { projectId, keepsCommon, rights, actor }).catch(explained);
  const count = Object.keys(flows).length;
  return { message: `Successfully imported ${count} flows`, data: { count, flows } };
}

function readFile({ template_data, format }: z.output<typeof input>): UncheckedTemplate[] {
  if (!template_data) throw new GantryError('invalid', 'template data can not be none');
  return format === 'dat' ? readDat(template_data) : readDocument(template_data, format);
}

/** The text that clients know, and after it what is wrong. */
function explained(error: unknown): never {
  if (!(error instanceof GantryError) || error.kind !== 'refused') throw error;
  const message = `invalid flow data or error occur, please contact administrator: ${error.message}`;
  throw error.as('refused', message);
}
