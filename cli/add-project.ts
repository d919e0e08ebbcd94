import { parseArgs } from 'node:util';
import { createProject } from '../access/projects';
import { stringifyJson } from '../base/json';
import { CLI_ACTOR, readCount, withDatabase } from './administration';

/** `gantry add-project NAME [--biz ID] [--zone ZONE]`: makes a project, of a CMDB business or of nobody, and prints it. */
export async function addProject(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { biz: { type: 'string' }, zone: { type: 'string', default: 'UTC' } },
  });
  const [name, ...rest] = positionals;
  if (!name || rest.length > 0) throw new Error('gantry add-project needs NAME');
  const bizId = readCount('--biz', values.biz) ?? null;
  const project = await withDatabase((db) => createProject(db, { name, bizId, timeZone: values.zone }, CLI_ACTOR));
  process.stdout.write(`${stringifyJson({ project_id: project.id, name, bk_biz_id: bizId })}\n`);
  return 0;
}
