import { GantryError } from '../base/error';
import type { TaskRecord } from '../db/tasks';
import { wrongState } from './wrong-state';

/**
 * Refuses what would make of the task of a rollout another one, of which its rows know nothing.
 *
 * @param what is not possible, as `it cannot be cloned`
 * @throws GantryError `refused`
 */
export function refuseRollout({ id, create_method, shown }: TaskRecord, what: string): void {
  if (create_method !== 'rollout') return;
  const message = `task ${id} is that of a rollout: ${what}; make a rollout, or start this one again`;
  throw new GantryError('refused', message, { reason: wrongState(id, shown) });
}
