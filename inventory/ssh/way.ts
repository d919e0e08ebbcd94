import { GantryError } from '../../base/error';
import type { WayHost, WayProfile } from '../../db/ssh-ways';
import { noSuchHost } from '../hosts/read';

/** Hosts on the way to one, itself among them. */
export const MAX_HOPS = 4;

/** A host that can be reached as far as its row and its profile say. */
export interface ReachableHost extends WayHost {
  address: string;
  profile: WayProfile;
}

/**
 * The way to a host of a project: jump hosts in the order in which they are passed, then the host. A profile whose jump host
 * is the host itself is meant for the others.
 *
 * @param hosts all that may be on it, by id
 * @throws GantryError `not_found` for a host that is not among them; `invalid` saying which host is in the way, and what to do
 */
export function wayTo(
  hostId: number,
  { projectId, hosts }: { projectId: number; hosts: ReadonlyMap<number, WayHost> },
): [...jumps: ReachableHost[], target: ReachableHost] {
  const target = hosts.get(hostId);
  if (!target || target.project_id !== projectId) throw noSuchHost(hostId);
  const way = [requireReachable(target, target)];
  for (let at = way[0]!; leadsOverAnother(at); at = way[0]!) {
    const jump = hosts.get(at.profile.jump_host_id);
    if (!jump || (at.profile.project_id !== null && jump.project_id !== projectId)) {
      throw cannot(target, `the jump host of ssh profile ${nameOf(at.profile)} is no host of this project any more`);
    }
    if (way.some(({ id }) => id === jump.id)) throw cannot(target, `its way is a circle: ${shown([jump, ...way])}`);
    if (way.length === MAX_HOPS) {
      throw cannot(target, `its way is longer than ${MAX_HOPS} hosts: ${shown([jump, ...way])}`);
    }
    way.unshift(requireReachable(jump, target));
  }
  return way as [...ReachableHost[], ReachableHost];
}

function leadsOverAnother(
  host: ReachableHost,
): host is ReachableHost & { profile: WayProfile & { jump_host_id: number } } {
  const { jump_host_id } = host.profile;
  return jump_host_id !== null && jump_host_id !== host.id;
}

function requireReachable(host: WayHost, target: WayHost): ReachableHost {
  const { address, profile } = host;
  const which = host === target ? 'it' : `host ${nameOf(host)}, over which it is reached,`;
  if (host.is_disabled) throw cannot(target, `${which} is disabled: it is in maintenance`);
  if (address === null) throw cannot(target, `${which} has no address yet`);
  if (host.is_ambiguous) {
    throw cannot(target, `${which} is in modules with different ssh profiles: give the host, or its pool, one`);
  }
  if (profile) return { ...host, address, profile };
  throw cannot(target, `${which} has no ssh profile: give the host one, or the project a default one`);
}

/** Why no work can be done on a host. */
export function cannot(host: { id: number; name: string }, why: string): GantryError {
  return new GantryError('invalid', `host ${nameOf(host)} cannot be reached: ${why}`, {
    reason: { code: 'wrong_state', args: { what: 'host', id: host.id } },
  });
}

/** Something that has a name, for messages. */
export function nameOf({ id, name }: { id: number; name: string }): string {
  return `${id} (${name})`;
}

function shown(way: readonly { id: number; name: string }[]): string {
  return way.map(nameOf).join(' -> ');
}
