import type { Actor } from '../../../base/actor';
import type { DbOrTransaction } from '../../../db/connection';
import { updateHosts } from '../../../db/hosts';
import type { ImportedHost } from '../../import';
import type { InventoryPlace } from '../../place';
import { createProfile } from '../../ssh/profiles';
import type { KnownProfile, NewProfile, SshPlan } from './plan-ssh';

/**
 * Makes the profiles that a plan says, and gives them to its hosts.
 *
 * @param hostId of a host that is there by now
 * @returns the ids of profiles: undefined of one that was not made, because the host over which it leads was not
 */
export async function applySsh(
  tx: DbOrTransaction,
  place: InventoryPlace,
  { create, assign, credentialId }: SshPlan,
  hostId: (imported: ImportedHost) => number | undefined,
  actor: Actor,
): Promise<(profile: KnownProfile | NewProfile) => number | undefined> {
  const made = new Map<NewProfile, number>();
  for (const profile of create) {
    const { name, port, loginUser: login_user, jumpHost } = profile;
    const jump_host_id = jumpHost && hostId(jumpHost);
    if (jump_host_id === undefined) continue;
    const given = { name, port, login_user, jump_host_id, credential_id: credentialId };
    made.set(profile, (await createProfile(tx, place, given, actor)).id);
  }
  const idOf = (profile: KnownProfile | NewProfile) => ('id' in profile ? profile.id : made.get(profile));
  const hosts = new Map<number, number[]>();
  for (const [imported, profile] of assign) {
    const [host, id] = [hostId(imported), idOf(profile)];
    if (host === undefined || id === undefined) continue;
    const others = hosts.get(id);
    if (others) others.push(host);
    else hosts.set(id, [host]);
  }
  for (const [ssh_profile_id, ids] of hosts) await updateHosts(tx, ids, { ssh_profile_id });
  return idOf;
}
