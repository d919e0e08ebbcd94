import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import { takeLock } from '../../db/locks';
import { countOfProject } from '../../db/pools';
import type { InventoryPlace } from '../place';
import { MAX_OF_EACH } from './limits';

/** Begins to make one of these: they are counted, one after the other. @throws GantryError `refused` for one too many */
export async function requireRoom(
  tx: DbOrTransaction,
  { projectId }: Pick<InventoryPlace, 'projectId'>,
  what: 'clusters' | 'services' | 'pools',
): Promise<void> {
  await takeLock(tx, `${what} of ${projectId}`);
  if ((await countOfProject(tx, projectId, what)) < MAX_OF_EACH) return;
  throw new GantryError('refused', `this project has ${MAX_OF_EACH} ${what}: there can be no more`);
}
