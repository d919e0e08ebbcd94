import { parseArgs } from 'node:util';
import type { ShownTopology } from '../api/v1/answers';
import { Misuse } from './misuse';
import { tableOf } from './table/table';
import { V1Client } from './v1/client';
import { printJson } from './v1/output';
import { PROJECT_OPTIONS, projectFor } from './v1/project';

/** `gantry topology`: the sets and modules of a project, and how many hosts are in each. */
export async function topology(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: PROJECT_OPTIONS });
  if (positionals.length > 0) throw new Misuse(`gantry topology does not know ${positionals.join(' ')}`);
  const client = V1Client.ofEnvironment();
  const tree = await client.get<ShownTopology>(`/projects/${await projectFor(client, values.project)}/topology`);
  if (values.json) printJson(tree);
  else process.stdout.write(tableOf(['SET', 'ID', 'MODULE', 'ID', 'HOSTS'], tree.sets.flatMap(rowsOf)));
  return 0;
}

/** The name of a set stands in the first of its rows alone. */
function rowsOf({ id, name, modules }: ShownTopology['sets'][number]) {
  if (modules.length === 0) return [[name, id, '-', '', '']];
  return modules.map((module, at) => [
    ...(at === 0 ? [name, id] : ['', '']),
    module.name,
    module.id,
    module.host_count,
  ]);
}
