import { short } from '../../host-problems';
import { MAX_VARIABLE_LENGTH } from '../../limits';
import type { Notes } from '../notes';
import type { ImportedHost } from '../record';
import { hostsOf } from './hosts';
import { AnsibleInventory, type Group, UNGROUPED } from './inventory';
import { literalOf } from './literal';
import type { Value } from './value';
import { wordsOf } from './words';

/** Where lines end to Python. */
const LINE_END = /\r\n|[\n\r\v\f\x85\u2028\u2029]/;
const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;

type Kind = 'hosts' | 'vars' | 'children';

/**
 * Reads an inventory as Ansible's own INI format has it: lines of hosts under `[group]`, of variables under `[group:vars]`, of
 * groups under `[group:children]`.
 */
export function readIni(text: string, notes: Notes): ImportedHost[] {
  const inventory = new AnsibleInventory(notes);
  new IniReader(inventory).read(text);
  notes.requireRight();
  return hostsOf(inventory);
}

class IniReader {
  #kind: Kind = 'hosts';
  #group: Group;
  /** Groups whose hosts or children are told somewhere; others may not have variables, nor be in a group. */
  readonly #declared = new Set(['all', UNGROUPED]);
  readonly #used = new Map<string, string>();

  constructor(readonly inventory: AnsibleInventory) {
    this.#group = inventory.group(UNGROUPED, '');
  }

  read(text: string): void {
    let number = 0;
    for (const line of text.replace(/^\ufeff/, '').split(LINE_END)) {
      number += 1;
      const trimmed = line.trim();
      if (trimmed !== '' && !trimmed.startsWith('#') && !trimmed.startsWith(';')) this.#line(trimmed, `line ${number}`);
    }
    for (const [name, at] of this.#used) {
      if (!this.#declared.has(name))
        this.#wrong(at, `there is no group ${short(name)}: it needs a line [${short(name)}]`);
    }
  }

  #line(line: string, at: string): void {
    const section = SECTION.exec(line);
    if (section) return this.#section(section[1]!, section[2] ?? 'hosts', at);
    if (line.startsWith('[') && line.endsWith(']')) return this.#wrong(at, `${short(line)} is no head of a section`);
    switch (this.#kind) {
      case 'hosts':
        return this.#hosts(line, at);
      case 'vars':
        return this.#variable(line, at);
      case 'children':
        return this.#child(line, at);
    }
  }

  #section(name: string, kind: string, at: string): void {
    if (kind !== 'hosts' && kind !== 'vars' && kind !== 'children') {
      return this.#wrong(
        at,
        `[${short(name)}:${short(kind)}] is unknown: sections are [group], [group:vars], [group:children]`,
      );
    }
    this.#kind = kind;
    this.#group = this.inventory.group(name, at);
    if (kind !== 'vars') this.#declared.add(name);
    else this.#use(name, at);
  }

  #hosts(line: string, at: string): void {
    const [pattern, ...words] = wordsOf(line) ?? [];
    if (pattern === undefined)
      return this.#wrong(at, 'a quote in it is not closed, or nothing follows its last backslash');
    if (pattern === '---') return this.#wrong(at, '--- begins YAML, which is another format');
    if (pattern.endsWith(':')) return this.#wrong(at, `${short(pattern)} ends in a colon: a port has to follow it`);
    const variables = new Map<string, Value>();
    for (const word of words) {
      const equals = word.indexOf('=');
      if (equals < 0)
        return this.#wrong(at, `${short(word)} is no variable: write name=value, with quotes around blanks`);
      variables.set(word.slice(0, equals), readValue(word.slice(equals + 1)));
    }
    this.inventory.addHosts(this.#group, pattern, variables, at);
  }

  #variable(line: string, at: string): void {
    const equals = line.indexOf('=');
    if (equals < 0) return this.#wrong(at, `${short(line)} is no variable: write name=value`);
    const value = readValue(line.slice(equals + 1).trim());
    this.inventory.setGroupVariable(this.#group, line.slice(0, equals).trim(), value, at);
  }

  #child(line: string, at: string): void {
    const name = GROUP_NAME.exec(line)?.[1];
    if (name === undefined) return this.#wrong(at, `${short(line)} is no name of a group`);
    this.#use(name, at);
    this.inventory.addChild(this.#group, this.inventory.group(name, at), at);
  }

  #use(name: string, at: string): void {
    if (!this.#used.has(name)) this.#used.set(name, at);
  }

  #wrong(at: string, problem: string): void {
    this.inventory.notes.wrong(at, problem);
  }
}

/** What is too long is refused as it is. */
function readValue(text: string): Value {
  const value = text.length <= MAX_VARIABLE_LENGTH ? literalOf(text) : undefined;
  return value === undefined ? text : value;
}
