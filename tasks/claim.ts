import type { Rights } from '../access/rights';
import type { Actor } from '../base/actor';
import { GantryError } from '../base/error';
import { requireUnsealed } from '../base/unsealed';
import { auditOf, insertAudit } from '../db/audit';
import type { Db } from '../db/connection';
import { claimFunctionTask, findClaimant } from '../db/function-tasks';
import { lockTask, type TaskRecord } from '../db/tasks';
import { transact } from '../db/transaction';
import type { JsonObject } from '../pipeline/json';
import { rewriteConstants } from './constants';
import { refuseRollout } from './refuse-rollout';
import { wrongState } from './wrong-state';

export interface Claim {
  actor: Actor;
  rights: Rights;
  /** Of the constants that the claimant fills in, by key `${name}`. */
  values: JsonObject;
  /** A new name for the task. */
  name?: string | undefined;
}

/**
 * Takes a function task on (bk-sops §7.3): from now on it can be started.
 *
 * @throws GantryError `refused` when it is no function task or was claimed before; as `modifyConstants` for the values
 */
export async function claimTask(db: Db, task: TaskRecord, { actor, rights, values, name }: Claim): Promise<void> {
  requireUnsealed(name, 'name');
  refuseRollout(task, 'there is nothing to claim');
  if (task.flow_type !== 'common_func') {
    throw new GantryError('refused', `only functionalization tasks can be claimed: task ${task.id} is none`, {
      reason: wrongState(task.id, task.flow_type),
    });
  }
  await transact(db, async (tx) => {
    const current = await lockTask(tx, task.id);
    if (current?.current_flow !== 'func_claim') {
      throw new GantryError('refused', `task ${task.id} was claimed by ${await findClaimant(tx, task.id)} before`, {
        reason: wrongState(task.id, current?.current_flow ?? 'gone'),
      });
    }
    await rewriteConstants(tx, task, values, rights);
    await claimFunctionTask(tx, task.id, { claimant: actor.username, name: name ?? current.name });
    await insertAudit(tx, { ...auditOf(actor), projectId: task.project_id, taskId: task.id, action: 'claim' });
  });
}
