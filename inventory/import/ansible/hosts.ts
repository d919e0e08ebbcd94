import { short, tagCountProblem, variableCountProblem } from '../../host-problems';
import { canonicalAddress } from '../../ip-text';
import { MAX_TAGS } from '../../limits';
import type { Notes } from '../notes';
import type { ImportedHost } from '../record';
import { requireSize } from '../size';
import { ALL, type AnsibleInventory, type Group, type Host, UNGROUPED } from './inventory';
import { ADDRESS_VARIABLES, type Variables } from './variables';

/** Of all hosts together: a group gives a text to each of its hosts. */
const MAX_VARIABLES_LENGTH = 50_000_000;

/**
 * The hosts of an inventory with what their groups give them: groups, and those that these are in, become tags, and variables
 * come in Ansible's order: `all`, then groups from the outermost to the innermost, of one depth by priority and then by name,
 * then the host's own. Hosts with the same address become one.
 */
export function hostsOf(inventory: AnsibleInventory): ImportedHost[] {
  const { notes } = inventory;
  const order = orderOf(inventory.groups, notes);
  notes.requireRight();
  const chains = new Map([...inventory.groups.values()].map((group) => [group, chainOf(group)]));
  const hosts: ImportedHost[] = [];
  const byAddress = new Map<string, ImportedHost>();
  let length = 0;
  for (const host of inventory.hosts.values()) {
    const groups = groupsOf(host, inventory, chains);
    const tags = groups.filter(({ name }) => name !== UNGROUPED).map(({ name }) => name);
    const problem = tagCountProblem(tags.length);
    if (problem) {
      notes.wrong(host.at, `${short(host.name)}: ${problem}`);
      continue;
    }
    groups.sort((one, other) => order.get(one)! - order.get(other)!);
    const layers = [inventory.groups.get(ALL)!.variables, ...groups.map(({ variables }) => variables), host.variables];
    inventory.countAssignments(layers.reduce((sum, { size }) => sum + size, 0));
    const found = toImported(host, tags.sort(), new Map(layers.flatMap((layer) => [...layer])), notes);
    length += lengthOf(found.variables);
    requireSize('characters in the variables of all hosts', length, MAX_VARIABLES_LENGTH);
    const same = found.address === null ? undefined : byAddress.get(found.address);
    if (same) merge(same, found, notes);
    else hosts.push(found);
    if (found.address !== null && !same) byAddress.set(found.address, found);
  }
  for (const { at, name, tags, variables } of hosts) {
    const problem = tagCountProblem(tags.length) ?? variableCountProblem(Object.keys(variables).length);
    if (problem) notes.wrong(at, `${short(name)}: ${problem}`);
  }
  return hosts;
}

/** The place of each group in the order in which their variables come, the outermost first. */
function orderOf(groups: ReadonlyMap<string, Group>, notes: Notes): Map<Group, number> {
  const children = new Map<Group, Group[]>();
  const waiting = new Map<Group, number>();
  for (const group of groups.values()) {
    waiting.set(group, group.parents.size);
    children.set(group, []);
  }
  for (const group of groups.values()) {
    for (const parent of group.parents) children.get(parent)!.push(group);
  }
  const depths = new Map<Group, number>();
  const open = [...groups.values()].filter((group) => group.parents.size === 0);
  for (const group of open) {
    depths.set(group, 1 + Math.max(0, ...[...group.parents].map((parent) => depths.get(parent)!)));
    for (const child of children.get(group)!) {
      const left = waiting.get(child)! - 1;
      waiting.set(child, left);
      if (left === 0) open.push(child);
    }
  }
  const circle = [...groups.values()].find((group) => !depths.has(group));
  if (circle) notes.wrong(`group ${short(circle.name)}`, 'it is, through others, in itself: no group can be');
  const sorted = open.sort(
    (one, other) =>
      depths.get(one)! - depths.get(other)! || one.priority - other.priority || (one.name < other.name ? -1 : 1),
  );
  return new Map(sorted.map((group, index) => [group, index]));
}

/** A group and all that it is in; of too many, no more than are needed to see that. */
function chainOf(group: Group): Set<Group> {
  const chain = new Set([group]);
  for (const one of chain) {
    for (const parent of one.parents) {
      if (chain.size > MAX_TAGS + 1) return chain;
      chain.add(parent);
    }
  }
  return chain;
}

/** Without `all`; in `ungrouped` is who is in no other. */
function groupsOf({ groups }: Host, inventory: AnsibleInventory, chains: ReadonlyMap<Group, Set<Group>>): Group[] {
  const own = [...groups].filter(({ name }) => name !== ALL && name !== UNGROUPED);
  if (own.length === 0) return [inventory.groups.get(UNGROUPED)!];
  const found = new Set<Group>();
  for (const group of own) {
    for (const one of chains.get(group)!) found.add(one);
    if (found.size > MAX_TAGS + 1) break;
  }
  return [...found];
}

function toImported({ name, at }: Host, tags: string[], variables: Variables, notes: Notes): ImportedHost {
  const kept: [string, string][] = [];
  for (const [variable, text] of variables) {
    if (text !== null && !ADDRESS_VARIABLES.includes(variable)) kept.push([variable, text]);
  }
  const given = ADDRESS_VARIABLES.find((variable) => variables.has(variable));
  const written = given === undefined ? name : variables.get(given);
  const address = canonicalAddress(written ?? '') ?? null;
  if (given !== undefined && typeof written === 'string' && address === null) {
    notes.drop(at, `${given} of ${name}`, 'it is no IP address and no DNS name');
  }
  return { name, address, cloudId: 0, tags, variables: Object.fromEntries(kept), at };
}

function merge(host: ImportedHost, other: ImportedHost, notes: Notes): void {
  notes.drop(other.at, `the name ${other.name}`, `it has the address of ${host.name}, and is the same host`);
  host.tags = [...new Set([...host.tags, ...other.tags])].sort();
  for (const [name, value] of Object.entries(other.variables)) {
    if (!Object.hasOwn(host.variables, name)) host.variables[name] = value;
    else if (host.variables[name] !== value)
      notes.drop(other.at, `${name} of ${other.name}`, `${host.name}, at the same address, has another`);
  }
}

function lengthOf(variables: Record<string, string>): number {
  return Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
