import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type InventoryFormat, readInventory } from '../../../inventory/import';
import { canonicalAddress } from '../../../inventory/ip-text';

const FOLDER = join(__dirname, '..', '..', 'data', 'inventory', 'ansible');
const FORMATS: Record<string, InventoryFormat> = { ini: 'ansible_ini', yaml: 'ansible_yaml' };

/**
 * What `ansible-inventory --list` of ansible-core 2.19.14 says of the inventories beside it: the groups of each host without
 * `all` and `ungrouped`, and its variables as texts (of lists and dicts, JSON).
 */
const EXPECTED: Record<string, Record<string, Told>> = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8'));

interface Told {
  groups: string[];
  variables: Record<string, string>;
}

const FILES = readdirSync(FOLDER).filter((name) => name !== 'expected.json');

describe('an Ansible inventory', () => {
  it('has something that Ansible says of it', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(FILES.sort());
    expect(FILES.length).toBeGreaterThanOrEqual(30);
  });

  it.each(FILES)('is read as Ansible reads it: %s', (file) => {
    const format = FORMATS[file.split('.').at(-1)!]!;
    const { hosts } = readInventory(format, readFileSync(join(FOLDER, file), 'utf8'));

    const read = hosts.map(({ name, address, tags, variables }) => [name, { address, tags, variables }] as const);
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries(Object.entries(EXPECTED[file]!).map(([name, told]) => [name, asImported(name, told)])),
    );
    expect(hosts.map(({ cloudId }) => cloudId)).toEqual(hosts.map(() => 0));
  });
});

/** What comes of it here: without what is Ansible's own, and what only Ansible can know the value of. */
function asImported(name: string, { groups, variables }: Told) {
  const address = variables.ansible_host ?? variables.ansible_ssh_host ?? name;
  const kept = Object.entries(variables).filter(
    ([variable, text]) => !variable.startsWith('ansible_') && !/\{\{|\{%|ANSIBLE_VAULT/.test(text),
  );
  return { address: canonicalAddress(address) ?? null, tags: groups, variables: Object.fromEntries(kept) };
}
