import type { DbOrTransaction } from '../../../db/connection';
import { listProfiles } from '../../../db/ssh-profiles';
import type { ImportedHost } from '../../import';
import { MAX_OF } from '../../ssh/bounds';
import type { KnownSsh } from './plan-ssh';

const MAX = MAX_OF['ssh profiles'];

/** How hosts of a project are reached, as far as an import needs it: nothing where it says nothing of that. */
export async function readKnownSsh(
  db: DbOrTransaction,
  projectId: number,
  hosts: readonly ImportedHost[],
  { maySay }: { maySay: boolean },
): Promise<KnownSsh> {
  if (!hosts.some(({ ssh }) => ssh)) return { profiles: [], room: 0, maySay };
  const profiles = await listProfiles(db, projectId, { limit: MAX });
  return { profiles, room: MAX - profiles.length, maySay };
}
