import { parseArgs } from 'node:util';
import type { ShownHost } from '../../api/v1/answers';
import { Misuse } from '../misuse';
import { tableOf } from '../table/table';
import { V1Client } from '../v1/client';
import { note, printJson } from '../v1/output';
import { idOf, PROJECT_OPTIONS, projectFor } from '../v1/project';

const PAGE = 200;
const DEFAULT_LIMIT = 1_000;

interface Page {
  items: ShownHost[];
  next: number | null;
}

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
  const found = await pagesOf(client, path, { ...filters, cloud_id: cloud && String(idOf('--cloud', cloud)) }, most);
  if (json) printJson(found);
  else {
    process.stdout.write(tableOf(['ID', 'NAME', 'ADDRESS', 'CLOUD', 'MODULES', 'TAGS'], found.items.map(rowOf)));
    if (found.next !== null) note(`there are more than these ${found.items.length}: ask for less, or say --limit`);
  }
  return 0;
}

async function pagesOf(
  client: V1Client,
  path: string,
  filters: Record<string, string | string[] | undefined>,
  most: number,
): Promise<Page> {
  const items: ShownHost[] = [];
  let next: number | null = 0;
  while (next !== null && items.length < most) {
    const limit = Math.min(PAGE, most - items.length);
    const page: Page = await client.get<Page>(path, { ...filters, limit, after: next });
    items.push(...page.items);
    next = page.next;
  }
  return { items, next };
}

function rowOf({ id, name, address, cloud_id, is_disabled, sets, tags }: ShownHost) {
  const modules = sets.flatMap((set) => set.modules.map((module) => `${set.name}/${module.name}`));
  const shown = is_disabled ? `${name} (disabled)` : name;
  return [id, shown, address ?? '-', cloud_id, modules.join(' ') || '-', tags.join(' ') || '-'];
}
