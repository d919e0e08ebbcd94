import { MAX_IMPORT_BYTES, MAX_IMPORT_LABEL_BYTES, MAX_IMPORT_LABELS } from '../limits';
import { readIni } from './ansible/ini';
import { readYaml } from './ansible/yaml';
import { readCsv } from './csv';
import { readJson } from './json';
import { Notes } from './notes';
import type { ImportedHost, ImportedInventory } from './record';
import { requireSize } from './size';
import { readSshConfig } from './ssh-config';

/** Reads one format: notes what is wrong and what is dropped, and goes on. */
type Reader = (text: string, notes: Notes) => ImportedHost[];

const READERS = {
  csv: readCsv,
  json: readJson,
  ansible_yaml: readYaml,
  ansible_ini: readIni,
  ssh_config: readSshConfig,
} satisfies Record<string, Reader>;

export type InventoryFormat = keyof typeof READERS;

export const FORMATS = Object.keys(READERS) as [InventoryFormat, ...InventoryFormat[]];

/**
 * Reads the hosts of an inventory, of whatever format, to the same records. What a format has and Gantry does not is dropped
 * and listed, without its values. Nothing is looked up: whether a host is there already is for others to say.
 *
 * @throws GantryError `invalid` with everything that is wrong, each with its place (`details: [{at, message}]`); `too_large`
 *   with more than 4 MB of text, more than 20,000 hosts, or what would cost more than hosts of that number may
 */
export function readInventory(format: InventoryFormat, text: string): ImportedInventory {
  requireSize('bytes of text', Buffer.byteLength(text), MAX_IMPORT_BYTES);
  const notes = new Notes();
  const hosts = READERS[format](text, notes);
  noteSame(hosts, notes);
  notes.requireRight();
  requireFewLabels(hosts);
  return { hosts, dropped: notes.dropped() };
}

function requireFewLabels(hosts: readonly ImportedHost[]): void {
  let count = 0;
  let bytes = 0;
  for (const { tags, variables } of hosts) {
    const entries = Object.entries(variables);
    count += tags.length + entries.length;
    for (const tag of tags) bytes += Buffer.byteLength(tag);
    for (const [name, value] of entries) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  requireSize('tags and variables of all hosts', count, MAX_IMPORT_LABELS);
  requireSize('bytes of tags and variables of all hosts', bytes, MAX_IMPORT_LABEL_BYTES);
}

function noteSame(hosts: readonly ImportedHost[], notes: Notes): void {
  const places = new Map<string, string>();
  for (const { cloudId, address, at } of hosts) {
    if (address === null) continue;
    const key = `${cloudId} ${address}`;
    const before = places.get(key);
    if (before === undefined) places.set(key, at);
    else notes.wrong(at, `it is the same host as that of ${before}, ${address} in cloud ${cloudId}: keep one of them`);
  }
}
