import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '../../base/json';
import type { HostKey } from '../../hosts/ssh/route';
import { isAlive, ownIdentity, type ProcessIdentity } from '../../stack/identity';
import type { Machines } from './machines';
import { setsFolder } from './sets';

const LOOK_EVERY_MS = 20;

/** A set of machines that a process holds open for a developer. */
export interface Held {
  holder: ProcessIdentity;
  kind: Machines['kind'];
  why: string;
  hosts: { name: string; address: string; port: number; user: string; keys: readonly HostKey[] }[];
  /** For `ssh -F`: all of them by their names, with the key that they let in and those that they are known by. */
  sshConfig: string;
}

/** Writes down that this process holds a set. */
export function keepHeld({ kind, why, hosts, folder }: Machines): Held {
  const file = (name: string) => join(folder, name);
  const held: Held = {
    holder: ownIdentity(),
    kind,
    why,
    hosts: hosts.map(({ name, address, port, user, keys }) => ({ name, address, port, user, keys })),
    sshConfig: file('ssh_config'),
  };
  const config = [
    ...hosts.flatMap(({ name, address, port, user }) => [
      `Host ${name}`,
      `  HostName ${address}`,
      `  HostKeyAlias ${name}`,
      `  Port ${port}`,
      `  User ${user}`,
    ]),
    'Host *',
    `  IdentityFile ${file('id')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${file('known_hosts')}`,
    '',
  ];
  const known = hosts.flatMap(({ name, keys }) => keys.map(({ type, key }) => `${name} ${type} ${key}\n`));
  writeFileSync(file('id'), hosts[0]!.userKey, { mode: 0o600 });
  writeFileSync(file('known_hosts'), known.join(''));
  writeFileSync(held.sshConfig, config.join('\n'));
  writeFileSync(file(FILE), JSON.stringify(held));
  return held;
}

const FILE = 'held.json';

/** The sets that are held now. */
export function heldSets(): Held[] {
  let names: string[];
  try {
    names = readdirSync(setsFolder());
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const held = parseJson(readFileSync(join(setsFolder(), name, FILE), 'utf8')) as Held;
      return isAlive(held.holder) ? [held] : [];
    } catch {
      return [];
    }
  });
}

/** Ends those who hold sets. @returns how many there were, when they are gone */
export async function downHeld(): Promise<number> {
  const sets = heldSets();
  for (const { holder } of sets) process.kill(holder.pid, 'SIGTERM');
  while (sets.some(({ holder }) => isAlive(holder))) await delay(LOOK_EVERY_MS);
  return sets.length;
}
