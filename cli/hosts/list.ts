import { parseArgs } from 'node:util';
import type { ShownHost } from '../../api/v1/answers';
import { Misuse } from '../misuse';
import { tableOf } from '../table/table';
import { V1Client } from '../v1/client';
import { firstOf } from '../v1/list';
import { note, printJson } from '../v1/output';
import { idOf, PROJECT_OPTIONS, projectFor } from '../v1/project';

const DEFAULT_LIMIT = 1_000;

/** `gantry hosts list`: the hosts of a project that have all that is asked for. */
export async function listHosts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...PROJECT_OPTIONS,
      tag: { type: 'string', multiple: true },
      set: { type: 'string' },
      module: { type: 'string' },
      name: { type: 'string' },
      address: { type: 'string' },
      cloud: { type: 'string' },
      group: { type: 'string' },
      condition: { type: 'string' },
      limit: { type: 'string' },
    },
  });
  if (positionals.length > 0) throw new Misuse(`gantry hosts list does not know ${positionals.join(' ')}`);
  const { project, json, limit, cloud, ...filters } = values;
  const most = limit === undefined ? DEFAULT_LIMIT : idOf('--limit', limit);
  if (most === 0) throw new Misuse('--limit is at least 1');
  const client = V1Client.ofEnvironment();
  const path = `/projects/${await projectFor(client, project)}/hosts`;
  const query = { ...filters, cloud_id: cloud && String(idOf('--cloud', cloud)) };
  const found = await firstOf<ShownHost>(client, path, most, query);
  if (json) printJson(found);
  else {
    process.stdout.write(tableOf(['ID', 'NAME', 'ADDRESS', 'CLOUD', 'MODULES', 'TAGS'], found.items.map(rowOf)));
    if (found.next !== null) note(`there are more than these ${found.items.length}: ask for less, or say --limit`);
  }
  return 0;
}

function rowOf({ id, name, address, cloud_id, is_disabled, sets, tags }: ShownHost) {
  const modules = sets.flatMap((set) => set.modules.map((module) => `${set.name}/${module.name}`));
  const shown = is_disabled ? `${name} (disabled)` : name;
  return [id, shown, address ?? '-', cloud_id, modules.join(' ') || '-', tags.join(' ') || '-'];
}
