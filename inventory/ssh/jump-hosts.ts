import type { DbOrTransaction } from '../../db/connection';
import { findJumpUse } from '../../db/ssh-profiles';
import { inUse } from './bounds';

/** @throws GantryError `wrong_state` for a host, of those that are locked, over which others are reached, naming the profile */
export async function requireNoJumpHosts(tx: DbOrTransaction, hostIds: readonly number[]): Promise<void> {
  const use = await findJumpUse(tx, hostIds);
  if (!use) return;
  const whose = use.project_id === null ? ' of the installation' : '';
  throw inUse('host', use, `it is the jump host of ssh profile ${use.profile} (${use.profile_name})${whose}`);
}
