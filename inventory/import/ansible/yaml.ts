import { parseDocument, type ScalarTag, type Tags } from 'yaml';
import { GantryError } from '../../../base/error';
import { MAX_YAML_LENGTH, PYTHON, requireReadable } from '../../../base/yaml';
import { short } from '../../host-problems';
import { MAX_TAGS, MAX_VARIABLES } from '../../limits';
import type { Notes } from '../notes';
import type { ImportedHost } from '../record';
import { requireSize } from '../size';
import { hostsOf } from './hosts';
import { AnsibleInventory, type Group } from './inventory';
import { Encrypted, type Value } from './value';

const SECTIONS = ['vars', 'children', 'hosts'] as const;
const OWN_TAGS: ScalarTag[] = [
  { tag: '!vault', resolve: () => new Encrypted() },
  { tag: '!vault-encrypted', resolve: () => new Encrypted() },
  { tag: '!unsafe', resolve: (text) => text },
];
/** The library's limit of how often an anchor with others in it is repeated. */
const MAX_REPEATED = 1_000;

/** Reads an inventory as Ansible's own YAML format has it: groups with `hosts`, `vars` and `children`. */
export function readYaml(text: string, notes: Notes): ImportedHost[] {
  const root = parse(text);
  if (!(root instanceof Map)) throw invalid('it has to be a mapping of groups, as all: {hosts: …}');
  if (root.get('plugin'))
    throw invalid('it configures a plugin of Ansible, and is no inventory: send what the plugin finds');
  const reader = new YamlReader(new AnsibleInventory(notes));
  for (const [name, content] of root) reader.group(name, content, '', 0);
  notes.requireRight();
  return hostsOf(reader.inventory);
}

function parse(text: string): Value {
  requireSize('characters of YAML, which is slow to read', text.length, MAX_YAML_LENGTH);
  try {
    const document = parseDocument(text.replace(/^\ufeff/, ''), {
      ...PYTHON,
      customTags: (tags: Tags) => [...PYTHON.customTags(tags), ...OWN_TAGS],
    });
    if (document.errors.some(({ code }) => code === 'MULTIPLE_DOCS'))
      throw new Error('there are several documents in it');
    requireReadable(document, text);
    if (document.warnings[0]) throw document.warnings[0];
    return document.toJS({ mapAsMap: true, maxAliasCount: MAX_REPEATED });
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function invalid(message: string, cause?: unknown): GantryError {
  return new GantryError('invalid', `invalid YAML inventory: ${message}`, { cause });
}

class YamlReader {
  readonly #notes: Notes;

  constructor(readonly inventory: AnsibleInventory) {
    this.#notes = inventory.notes;
  }

  /** Takes a group with all that is in it. */
  group(name: Value, content: Value, path: string, depth: number): Group | undefined {
    const at = pathTo(path, name);
    if (typeof name !== 'string') return this.#wrong(at, 'the name of a group is a text: put it in quotes');
    if (content !== null && !(content instanceof Map)) {
      this.#notes.drop(at, `group ${name}`, 'it is no mapping with hosts, vars or children');
      return undefined;
    }
    if (depth > MAX_TAGS) return this.#wrong(at, `groups are in one another at more than ${MAX_TAGS} levels`);
    const group = this.inventory.group(name, at);
    for (const [key, value] of content ?? []) {
      const section = SECTIONS.find((known) => known === key);
      if (!section)
        this.#notes.drop(pathTo(at, key), `${wordOf(key)} of a group`, 'a group has hosts, vars and children');
      else this.#section(group, section, value, at, depth);
    }
    return group;
  }

  #section(group: Group, section: (typeof SECTIONS)[number], content: Value, path: string, depth: number): void {
    const at = pathTo(path, section);
    // One name may stand alone.
    const entries = typeof content === 'string' ? new Map([[content, null]]) : content;
    if (entries === null) return;
    if (!(entries instanceof Map))
      return void this.#wrong(at, 'it has to be a mapping: write a colon behind each name');
    for (const [name, value] of entries as Map<Value, Value>) {
      if (section === 'children') {
        const child = this.group(name, value, at, depth + 1);
        if (child) this.inventory.addChild(group, child, pathTo(at, name));
      } else if (typeof name !== 'string') {
        const what = section === 'hosts' ? 'a host' : 'a variable';
        this.#wrong(pathTo(at, name), `the name of ${what} is a text: put it in quotes`);
      } else if (section === 'vars') {
        this.inventory.setGroupVariable(group, name, value, pathTo(at, name));
      } else this.#hosts(group, name, value, pathTo(at, name));
    }
  }

  #hosts(group: Group, pattern: string, content: Value, at: string): void {
    const named = new Map<string, Value>();
    // Nothing at all, in whatever way it is written, is no variables.
    if (content instanceof Map) {
      if (content.size > 2 * MAX_VARIABLES) return void this.#wrong(at, `it has ${content.size} variables`);
      for (const [name, value] of content) {
        if (typeof name === 'string') named.set(name, value);
        else this.#wrong(pathTo(at, name), 'the name of a variable is a text: put it in quotes');
      }
    } else if (content) return void this.#wrong(at, 'a host has a mapping of variables, or nothing');
    this.inventory.addHosts(group, pattern, named, at);
  }

  #wrong(at: string, problem: string): undefined {
    this.#notes.wrong(at, problem);
  }
}

function pathTo(path: string, name: Value): string {
  return path === '' ? wordOf(name) : `${path}.${wordOf(name)}`;
}

function wordOf(name: Value): string {
  return short(typeof name === 'object' && name !== null ? '(no text)' : String(name));
}
