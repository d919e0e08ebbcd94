import { nameProblem, short, tagProblem } from '../../host-problems';
import { MAX_IMPORT_HOSTS } from '../../limits';
import type { Notes } from '../notes';
import { requireSize } from '../size';
import { readPattern } from './pattern';
import type { Value } from './value';
import { CONNECTION, takeVariable, type Variables } from './variables';

/** More than people write, and few enough to be walked through for each host. */
const MAX_GROUPS = 5_000;
const MAX_LINKS = 20_000;
const MAX_MENTIONS = 200_000;
/** Variables that are given to hosts, one by one. */
const MAX_ASSIGNMENTS = 20_000_000;

/** All hosts are in it, and it is in no other. */
export const ALL = 'all';
/** In it are the hosts that are in no group but `all`. */
export const UNGROUPED = 'ungrouped';

export interface Group {
  name: string;
  /** Its parents, without `all`. */
  parents: Set<Group>;
  variables: Variables;
  /** Of groups at the same depth the higher one wins. */
  priority: number;
}

export interface Host {
  name: string;
  /** Where it was named first. */
  at: string;
  groups: Set<Group>;
  variables: Variables;
}

/** What an Ansible inventory says, in whatever format: groups of groups and of hosts. */
export class AnsibleInventory {
  readonly groups = new Map<string, Group>();
  readonly hosts = new Map<string, Host>();
  #links = 0;
  #mentions = 0;
  #assignments = 0;

  constructor(readonly notes: Notes) {
    this.group(ALL, '');
    this.group(UNGROUPED, '');
  }

  /** The group of this name, which is made if it is not there yet. */
  group(name: string, at: string): Group {
    const known = this.groups.get(name);
    if (known) return known;
    requireSize('groups', this.groups.size + 1, MAX_GROUPS);
    const problem = tagProblem(name);
    if (problem) this.notes.wrong(at, `${problem.replace('the tag', 'the group')}: groups become tags`);
    const group: Group = { name, parents: new Set(), variables: new Map(), priority: 1 };
    this.groups.set(name, group);
    return group;
  }

  addChild(parent: Group, child: Group, at: string): void {
    if (child.name === ALL || child.name === UNGROUPED) {
      this.notes.wrong(at, `${child.name} cannot be in another group`);
    } else if (parent.name !== ALL && !child.parents.has(parent)) {
      requireSize('groups in groups', ++this.#links, MAX_LINKS);
      child.parents.add(parent);
    }
  }

  setGroupVariable(group: Group, name: string, value: Value, at: string): void {
    if (name !== 'ansible_group_priority') return takeVariable(group.variables, name, value, at, this.notes);
    const priority = Number(typeof value === 'bigint' || typeof value === 'string' ? value : Number.NaN);
    if (Number.isInteger(priority)) group.priority = priority;
    else this.notes.wrong(at, 'ansible_group_priority is no whole number');
  }

  /** Puts the hosts of a pattern into a group, each with the variables. */
  addHosts(group: Group, text: string, variables: ReadonlyMap<string, Value>, at: string): void {
    const pattern = readPattern(text);
    if (typeof pattern === 'string') return this.notes.wrong(at, `${short(text)}: ${pattern}`);
    this.#mentions += pattern.count;
    requireSize('hosts', pattern.count, MAX_IMPORT_HOSTS);
    requireSize('hosts in groups', this.#mentions, MAX_MENTIONS);
    if (pattern.port !== undefined) this.notes.drop(at, 'ansible_port', CONNECTION);
    const taken: Variables = new Map();
    for (const [name, value] of variables) takeVariable(taken, name, value, at, this.notes);
    this.countAssignments(pattern.count * taken.size);
    for (const name of pattern.names()) {
      const host = this.#host(name, at);
      if (!host) return;
      host.groups.add(group);
      for (const [variable, value] of taken) host.variables.set(variable, value);
    }
  }

  /** @throws GantryError `too_large` */
  countAssignments(count: number): void {
    this.#assignments += count;
    requireSize('variables of groups and hosts to be given to hosts', this.#assignments, MAX_ASSIGNMENTS);
  }

  #host(name: string, at: string): Host | undefined {
    const known = this.hosts.get(name);
    if (known) return known;
    requireSize('hosts', this.hosts.size + 1, MAX_IMPORT_HOSTS);
    const problem = nameProblem(name);
    if (problem) {
      this.notes.wrong(at, problem);
      return undefined;
    }
    const host: Host = { name, at, groups: new Set(), variables: new Map() };
    this.hosts.set(name, host);
    return host;
  }
}
