import type { DbOrTransaction } from '../../db/connection';
import type { Rows } from '../../db/pages';
import { listActionsOfSteps, listRemoteSteps } from '../../db/remote-steps';
import type { ProjectPlace } from '../names';
import { BUILT_IN_STEPS } from './built-in';
import { fromBuiltIn, fromRemoteSteps, type KnownStep } from './known-steps';

/** A page of all steps that templates of a project may have: those that are built in, then remote ones, the newest first. */
export async function listAvailableSteps(
  db: DbOrTransaction,
  { projectId }: ProjectPlace,
  { limit, offset }: Rows,
): Promise<{ steps: KnownStep[]; total: number }> {
  const builtIn = BUILT_IN_STEPS.slice(offset, offset + limit).map(fromBuiltIn);
  const { rows, total } = await listRemoteSteps(db, projectId, {
    name: '',
    limit: limit - builtIn.length,
    offset: Math.max(offset - BUILT_IN_STEPS.length, 0),
  });
  const actions = await listActionsOfSteps(
    db,
    rows.map(({ id }) => id),
  );
  return { steps: [...builtIn, ...fromRemoteSteps(rows, actions)], total: BUILT_IN_STEPS.length + total };
}
