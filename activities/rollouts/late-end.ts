import type { Db } from '../../db/connection';
import { absorbLate } from '../../db/flow-absorb';
import { judgeAnew } from '../../db/flow-ends';
import { insertFlowLogs } from '../../db/flow-logs';
import { lockFlowOfRun } from '../../db/flows';
import { type LateEnd, noteLateEnd } from '../../db/late-runs';
import { transact } from '../../db/transaction';

/**
 * Writes how a lost run ended on its host after all, undefined: its host does not know. Where it was a step of a rollout, its host
 * there, its pool and how the rollout has ended follow; the result of the node stays what it was.
 */
export async function noteLate(db: Db, runId: string, late: LateEnd | undefined): Promise<void> {
  await transact(db, async (tx) => {
    const flow = await lockFlowOfRun(tx, runId);
    if (!(await noteLateEnd(tx, runId, late)) || !flow || !late) return;
    const host = await absorbLate(tx, flow, runId);
    if (!host) return;
    const message = `late result for node ${host.address}: ${late.status} in step ${host.step}`;
    await insertFlowLogs(tx, flow.id, [{ batch: host.batch, message }]);
    if (host.state === 2) await judgeAnew(tx, flow, host.batch);
  });
}
