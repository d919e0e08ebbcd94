import type { Db, DbOrTransaction } from '../../db/connection';
import { isDatabasesFault } from '../../db/errors';
import { absorbRuns } from '../../db/flow-absorb';
import {
  closeBatch,
  countBatches,
  countHosts,
  findBatch,
  findBatchOf,
  findNextBatch,
  type LoopRound,
  openBatch,
} from '../../db/flow-batches';
import { endStateOf } from '../../db/flow-ends';
import { endLeftOver } from '../../db/flow-hosts';
import { insertFlowLogs } from '../../db/flow-logs';
import type { FlowState } from '../../db/flow-tables';
import { endFlow, type FlowRecord, lockFlow } from '../../db/flows';
import { transact } from '../../db/transaction';
import type { Batches, ClosedBatch, OpenedBatch } from '../../plugins/rollouts';
import { plainFailure } from '../hosts/prepare';
import { TryAgain } from '../try-again';

/** Opens and closes the batches of rollouts, for one round of the loop of a task. Each is one transaction, and may come again. */
export class FlowBatches implements Batches {
  constructor(
    private readonly db: Db,
    private readonly round: LoopRound & { projectId: number },
  ) {}

  open(flowId: number): Promise<OpenedBatch> {
    return this.#change(flowId, async (tx, flow) => {
      const { taskId, loop } = this.round;
      const opened = await findBatchOf(tx, flowId, this.round);
      if (opened) {
        const { 1: hosts } = await countHosts(tx, flowId, opened.number);
        return { batch: opened.number, hosts };
      }
      const number = await findNextBatch(tx, flowId);
      if (number === undefined) return { batch: 0, hosts: 0 };
      const hosts = await openBatch(tx, { flowId, number, seconds: flow.batch_seconds, taskId, loop });
      const { 0: left, ...begun } = await countBatches(tx, flowId);
      const all = Object.values(begun).reduce((sum, batches) => sum + batches, left);
      await insertFlowLogs(tx, flowId, [
        ...(loop === 1
          ? [{ batch: 0, message: `start running flow[${flow.name},${flowId}]: there are ${all} batches` }]
          : []),
        { batch: number, message: `execute batch ${number}: it contains ${hosts} nodes` },
      ]);
      return { batch: number, hosts };
    });
  }

  close(flowId: number, number: number): Promise<ClosedBatch> {
    return this.#change(flowId, async (tx, flow) => {
      const batch = await findBatch(tx, flowId, number);
      const isOpen = batch?.state === 1 && batch.task_id === this.round.taskId && batch.loop === this.round.loop;
      if (isOpen) {
        await absorbRuns(tx, flowId, this.round);
        await endLeftOver(tx, flowId, number);
      }
      const { 2: done, 3: failed, 4: ended } = await countHosts(tx, flowId, number);
      const counts = await countHosts(tx, flowId);
      const after = counts[0] === 0 ? 'end' : flow.is_auto ? 'next' : 'gate';
      if (isOpen) {
        await closeBatch(tx, flowId, number, done > 0 ? 2 : failed > 0 ? 3 : 4);
        const message = `finish batch ${number}: ${done} done, ${failed} failed, ${ended} ended early`;
        await insertFlowLogs(tx, flowId, [{ batch: number, message }]);
      }
      if (after === 'end') await this.#end(tx, flow, counts);
      return { after, done, failed };
    });
  }

  async #end(tx: DbOrTransaction, flow: FlowRecord, hosts: Record<FlowState, number>): Promise<void> {
    if (flow.end_state !== null) return;
    const { 3: lostBatches } = await countBatches(tx, flow.id);
    const counts = { maxFailed: flow.max_failed, done: hosts[2], failed: hosts[3], lostBatches };
    await endFlow(tx, flow.id, endStateOf(counts));
    const message = `finish running flow[${flow.name},${flow.id}]: ${hosts[2]} done, ${hosts[3]} failed`;
    await insertFlowLogs(tx, flow.id, [{ batch: 0, message }]);
  }

  async #change<T>(flowId: number, work: (tx: DbOrTransaction, flow: FlowRecord) => Promise<T>): Promise<T> {
    try {
      return await transact(this.db, async (tx) => {
        const flow = await lockFlow(tx, this.round.projectId, flowId);
        if (flow?.task_id !== this.round.taskId) throw plainFailure(`rollout ${flowId} is not run by this task`);
        return work(tx, flow);
      });
    } catch (error) {
      // Nothing of it is done: it is no failure of the batch.
      throw isDatabasesFault(error) ? new TryAgain(error) : error;
    }
  }
}
