import { short } from '../../host-problems';
import { LOGIN_USER, MAX_IMPORT_HOSTS } from '../../limits';
import type { Notes } from '../notes';
import type { ImportedHost } from '../record';
import { requireSize } from '../size';
import { SectionIndex } from './find';
import { isGlob } from './glob';
import { type Node, Nodes } from './nodes';
import { readSections, type Section } from './sections';
import { findWays } from './ways';

/**
 * Reads a configuration of OpenSSH (`~/.ssh/config`): a host for each name that a line `Host` has, with what OpenSSH would take
 * for it, and one for each jump host that is named nowhere else. Patterns are for the names that they match, and no hosts.
 */
export function readSshConfig(text: string, notes: Notes): ImportedHost[] {
  const sections = readSections(text, notes);
  const index = new SectionIndex(sections);
  const names = namesIn(sections, index);
  requireSize('hosts', names.size, MAX_IMPORT_HOSTS);
  const nodes = new Nodes(index, notes);
  for (const [name, at] of names) nodes.named(name, at);
  findWays(nodes, notes);
  noteUsers(nodes.all, notes);
  return nodes.all.map(toHost);
}

/** The names that are no patterns, and where each stands first. */
function namesIn(sections: readonly Section[], index: SectionIndex): Map<string, string> {
  const names = new Map<string, string>();
  for (const [number, { patterns, at }] of sections.entries()) {
    for (const name of patterns) {
      if (!isGlob(name) && !names.has(name) && !index.isExcepted(name, number)) names.set(name, at);
    }
  }
  return names;
}

function noteUsers(nodes: readonly Node[], notes: Notes): void {
  const wrong = new Map(
    nodes.flatMap(({ user }) => (user && !LOGIN_USER.test(user.value) ? [[user.at, user.value]] : [])),
  );
  for (const [at, user] of wrong) {
    notes.wrong(at, `"${short(user)}" is no name of a user here: letters, digits, _, . and -, 32 at most`);
  }
}

function toHost({ name, address, at, port, user, over }: Node): ImportedHost {
  const ssh = {
    ...(port ? { port: port.value } : {}),
    ...(user ? { user: user.value } : {}),
    ...(over?.value ? { jumpHost: over.value.name } : {}),
  };
  const host = { name, address, cloudId: 0, tags: [], variables: {}, at };
  return Object.keys(ssh).length > 0 ? { ...host, ssh } : host;
}
