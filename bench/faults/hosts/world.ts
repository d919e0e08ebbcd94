import type { HostKey } from '../../../hosts/ssh/route';
import type { Machine } from '../../machines/machine';
import { type Machines, openMachines } from '../../machines/machines';
import type { PersistentApi } from '../api';
import { present } from '../protocol/hosts';
import type { Beside } from '../scene';
import { NUMBER_VARIABLE } from './scripts';

export const PROJECT_ID = 1;
export const HOSTS = 10;
export const ACCOUNT = 'application';
/** Who logs in: as the profile says, and as the account does. */
export const HOMES = ['/root', '/home/app'] as const;
/** The host that is reached over the first one. */
const BEHIND = 7;

const SET_UP_WITHIN_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** A host of the inventory, and the machine that it is. */
export interface World extends Beside {
  /** By number. */
  machines: readonly Machine[];
}

/** Opens the machines; the shells and tools of this machine in turn. */
export async function openWorld(): Promise<World> {
  const machines: Machines = await openMachines({ count: HOSTS, tools: present() });
  return {
    machines: machines.hosts,
    env: { GANTRY_HOSTS_ALLOW: machines.hosts.map(({ address }) => address).join(',') },
    remove: machines.close,
  };
}

/** Whether what is done to one host is done to another one too. */
export function isOnTheWayTo(host: number, target: number): boolean {
  return host === target || (target === BEHIND && host === 0);
}

/**
 * Makes the machines known to an installation, all of it by its API: credential, profiles, account, hosts and their keys.
 *
 * @returns their ids by number
 */
export async function makeKnown({ machines }: World, api: PersistentApi): Promise<number[]> {
  const make = async <Made extends object = { id: number }>(path: string, body: object): Promise<Made> =>
    api.v1<Made>('POST', `projects/${PROJECT_ID}/${path}`, body, SET_UP_WITHIN_MS);
  const [first] = machines as [Machine];
  const { id: credential_id } = await make('credentials', {
    name: 'faults',
    kind: 'private_key',
    private_key: first.userKey,
  });
  const way = { port: first.port, login_user: first.user, credential_id, connect_timeout_ms: CONNECT_TIMEOUT_MS };
  await make('ssh-profiles', { name: 'usual', ...way, is_default: true });
  await make('accounts', { alias: ACCOUNT, login_user: 'app' });
  const ids: number[] = [];
  for (const [number, { address, name, keys }] of machines.entries()) {
    const profile =
      number === BEHIND ? await make('ssh-profiles', { name: 'behind', ...way, jump_host_id: ids[0] }) : undefined;
    const host = await make('hosts', {
      address,
      name,
      variables: { [NUMBER_VARIABLE]: String(number) },
      ...(profile && { ssh_profile_id: profile.id }),
    });
    ids.push(host.id);
    await make<{ items: HostKey[] }>('hosts/trust', { hosts: [{ host_id: host.id, keys }] });
  }
  return ids;
}
