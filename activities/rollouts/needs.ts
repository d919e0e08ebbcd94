import { wholeUp } from '../../base/whole-up';
import type { Db } from '../../db/connection';
import { countHosts } from '../../db/flow-batches';
import { insertFlowLogs } from '../../db/flow-logs';
import { failSurplus, listNeedProgress, type NeedProgress } from '../../db/flow-needs';
import { lockFlow } from '../../db/flows';
import type { AttemptKey } from '../../db/host-steps';
import { findAttempt } from '../../db/node-executions';
import { transact } from '../../db/transaction';
import type { HostWait } from '../../plugins/hosts';
import type { AwaitEnd } from '../../plugins/rollouts';
import type { HostAttempt } from '../hosts/means';
import { plainFailure } from '../hosts/prepare';

/** A flow waits so long for others (orion §8). */
const PATIENCE_MS = 30 * 60_000;
/** Looked at often at first, then less and less: each look is some events of the history. */
const [SOONEST_MS, LATEST_MS, SHARE] = [2_000, 60_000, 8];

/**
 * Says whether the hosts of a batch may do their last step: as soon as others are ready for all of them. Once nobody works on those
 * any more, or they have been waited for long enough, those that there are enough for go on, and the others fail.
 *
 * @returns until when there is nothing to do, or how many go on
 * @throws PluginFailure for a flow that this task does not run
 */
export async function awaitNeeded(
  db: Db,
  attempt: AttemptKey & Pick<HostAttempt, 'projectId'>,
  { flow: flowId, batch }: { flow: number; batch: number },
): Promise<HostWait | { end: AwaitEnd }> {
  const now = Date.now();
  const since = (await findAttempt(db, attempt))?.started_at?.getTime() ?? now;
  return transact(db, async (tx) => {
    const flow = await lockFlow(tx, attempt.projectId, flowId);
    if (flow?.task_id !== attempt.taskId) throw plainFailure(`rollout ${flowId} is not run by this task`);
    const needs = await listNeedProgress(tx, flowId);
    const { 1: waiting } = await countHosts(tx, flowId, batch);
    const { 2: done } = await countHosts(tx, flowId);
    const mayGo = Math.min(waiting, ...needs.map((need) => Math.max(0, mostFor(need) - done)));
    if (mayGo === waiting) return { end: { going: waiting, surplus: 0 } };
    const isOver = needs.every((need) => need.isOver || mostFor(need) - done >= waiting);
    if (!isOver && now < since + PATIENCE_MS) return untilLater(needs, since, now);
    const why = shortOf(needs, done + waiting);
    if (mayGo === 0) {
      const problem = `no host of batch ${batch} may go on: ${why}`;
      return { end: { going: 0, surplus: waiting, problem } };
    }
    const surplus = waiting - mayGo;
    await failSurplus(tx, { flowId, batch, hosts: surplus }, why);
    await insertFlowLogs(tx, flowId, [{ batch, message: `${surplus} of ${waiting} nodes do not go on: ${why}` }]);
    return { end: { going: mayGo, surplus } };
  });
}

/** Hosts of the flow that what is ready of a needed pool is enough for. */
function mostFor({ ready, ratio, own }: NeedProgress): number {
  return wholeUp(ready / ratio) - own;
}

function untilLater(needs: readonly NeedProgress[], since: number, now: number): HostWait {
  const pause = Math.min(LATEST_MS, Math.max(SOONEST_MS, (now - since) / SHARE));
  const at = Math.ceil(Math.min(now + pause, since + PATIENCE_MS));
  return { wait: 'until', at, waitingFor: `hosts of other pools: ${needs.map(standing).join(', ')}` };
}

/** @param hosts of the flow that were to go on */
function shortOf(needs: readonly NeedProgress[], hosts: number): string {
  return needs
    .filter((need) => mostFor(need) < hosts)
    .map((need) => `pool ${standing(need)}${need.isOver ? '' : ' in time'}`)
    .join(', ');
}

function standing({ poolName, ready, wanted }: NeedProgress): string {
  return `${poolName} has ${ready} of ${wanted} hosts`;
}
