import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ShownImport } from '../../api/v1/answers';
import { FORMATS, type InventoryFormat } from '../../inventory/import';
import { messageOf } from '../../stack/output';
import { Misuse } from '../misuse';
import { confirm, isTerminal } from '../terminal';
import { V1Client } from '../v1/client';
import { note, printJson } from '../v1/output';
import { PROJECT_OPTIONS, projectFor } from '../v1/project';
import { describeImport } from './describe-import';

const OF_ENDINGS: Partial<Record<string, InventoryFormat>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.yaml': 'ansible_yaml',
  '.yml': 'ansible_yaml',
  '.ini': 'ansible_ini',
  // As Ansible's own files are called: hosts, inventory.
  '': 'ansible_ini',
};
/** As OpenSSH's own files are called. */
const OF_NAMES: Partial<Record<string, InventoryFormat>> = { config: 'ssh_config', ssh_config: 'ssh_config' };

/**
 * `gantry hosts import FILE`: adds the hosts of an inventory, and changes those that are there. At a terminal it shows first
 * what it would do, and asks.
 *
 * @returns 1 when hosts were refused, or nothing was wanted after all
 */
export async function importHosts(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...PROJECT_OPTIONS,
      format: { type: 'string' },
      preview: { type: 'boolean' },
      yes: { type: 'boolean' },
    },
  });
  const [file, ...rest] = positionals;
  if (!file || rest.length > 0) throw new Misuse('gantry hosts import needs one FILE');
  const { project, json = false, preview = false, yes = false } = values;
  if (json && isTerminal() && !preview && !yes) throw new Misuse('say --preview or --yes with --json: it asks nothing');
  const body = { format: formatOf(file, values.format), text: read(file) };
  const client = V1Client.ofEnvironment();
  const to = `/projects/${await projectFor(client, project)}/hosts/import`;
  const ask = (is_preview: boolean) => client.post<ShownImport>(to, { ...body, is_preview });
  const show = (done: ShownImport) => (json ? printJson(done) : process.stdout.write(describeImport(done)));

  if (preview || (isTerminal() && !yes)) {
    const planned = await ask(true);
    show(planned);
    if (preview) return planned.counts.refused > 0 ? 1 : 0;
    if (!(await isWanted(planned))) return 1;
  }
  const done = await ask(false);
  show(done);
  return done.counts.refused > 0 ? 1 : 0;
}

async function isWanted({ counts }: ShownImport): Promise<boolean> {
  if (counts.create + counts.update === 0) {
    note('there is nothing to do');
    return false;
  }
  if (await confirm('Import them?')) return true;
  note('nothing was changed');
  return false;
}

function formatOf(file: string, given: string | undefined): InventoryFormat {
  const ending = path.extname(file).toLowerCase();
  if (given === undefined) {
    const known = OF_NAMES[path.basename(file)] ?? OF_ENDINGS[ending];
    if (known) return known;
    throw new Misuse(`what ${file} is written in cannot be told by its name: say --format ${FORMATS.join(', ')}`);
  }
  const known = FORMATS.find((format) => format === given);
  if (known) return known;
  throw new Misuse(`--format is one of ${FORMATS.join(', ')}, not ${given}`);
}

function read(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fs.readFileSync(file));
  } catch (cause) {
    const why = cause instanceof TypeError ? 'it is no UTF-8' : messageOf(cause);
    throw new Error(`${file} cannot be read: ${why}`, { cause });
  }
}
