import { auditOf, insertAudit } from '../../db/audit';
import type { DbOrTransaction } from '../../db/connection';
import { absorbEnded, absorbRuns } from '../../db/flow-absorb';
import { countHosts, findBatch } from '../../db/flow-batches';
import { judgeAnew } from '../../db/flow-ends';
import {
  countUnbegun,
  endOneRun,
  endToCome,
  type FlowHostRecord,
  findOpenRun,
  setFlowHost,
  setPoolStatus,
} from '../../db/flow-hosts';
import { insertFlowLogs } from '../../db/flow-logs';
import { findStepOfNode } from '../../db/host-steps';
import { transact } from '../../db/transaction';
import { operateTask } from '../../tasks/operate';
import { startDue } from '../queue';
import { holdFlow, type KnownFlow, refuseHost, requireFlow, requireFlowHost } from './find';
import type { FlowCaller, FlowServices } from './request';
import { queueAgain } from './start';

/**
 * Ends one host of a flow, which goes on with the others: what is under way there is ended on the host, and nothing more of the
 * flow is begun on it.
 *
 * @throws GantryError `wrong_state` for one with which the flow is done, or that a provider works on
 */
export async function stopHost({ db }: FlowServices, { project, actor }: FlowCaller, nsid: number): Promise<void> {
  const reason = `ended by ${actor.username}`;
  await changeHost(db, project.id, nsid, async (tx, host, { facts }) => {
    await absorbUnderWay(tx, host, facts.taskId);
    const { state } = await requireFlowHost(tx, project.id, nsid);
    if (state !== 0 && state !== 1) throw refuseHost(host, 'already finished');
    const run = facts.taskId === null ? undefined : await findOpenRun(tx, host, facts.taskId);
    if (run?.kind === 'provider' && run.status !== 'waiting') {
      throw refuseHost(host, 'is at its provider: what was asked for there cannot be taken back');
    }
    if (run) await endOneRun(tx, run.id, reason);
    // Otherwise its step says so, when it has ended there.
    else await setFlowHost(tx, nsid, { state: 4, outcome: 'cancelled', reason });
    await note(tx, host, { project, actor }, 'stop');
  });
}

/**
 * Has one host of a flow tried again, from the step that it has failed at: at once where the flow waits for somebody to decide
 * about that step, else when its batch is over, and in another task where the flow has ended.
 *
 * @throws GantryError `wrong_state` for one that has neither failed nor was ended; as `operateTask`
 */
export async function retryHost(services: FlowServices, caller: FlowCaller, nsid: number): Promise<void> {
  const { project, actor, rights } = caller;
  const host = await requireFlowHost(services.db, project.id, nsid);
  const waiting = await waitingNode(services.db, await requireFlow(services.db, project.id, host.flow_id), host);
  if (waiting && host.host_id !== null && isOver(host)) {
    const request = { action: 'retry' as const, node: waiting.node, hosts: [host.host_id] };
    await operateTask(services, waiting.task, request, { actor, rights });
    return transact(services.db, (tx) => note(tx, host, caller, 'retry'));
  }
  await changeHost(services.db, project.id, nsid, async (tx, found, known) => {
    const hasEnded = !known.task && !known.facts.isQueued && known.facts.phase !== 'created';
    if (hasEnded) await absorbEnded(tx, found.flow_id);
    const host = await requireFlowHost(tx, project.id, nsid);
    if (!isOver(host)) throw refuseHost(host, 'has not failed');
    // The others of one that has ended are not begun with it.
    if (hasEnded) await endToCome(tx, host.flow_id);
    await setFlowHost(tx, nsid, { state: 0, outcome: '', reason: '' });
    if (hasEnded) await queueAgain(tx, known, actor);
    await note(tx, host, caller, 'retry');
  });
  await startDue(services);
}

/**
 * Has one host of a flow count as done, without what is left to do there. A step that has failed goes on when that was what
 * it failed for.
 *
 * @throws GantryError `wrong_state` for one that is done, that something is under way on, or that has no address; as `operateTask`
 */
export async function skipHost(services: FlowServices, caller: FlowCaller, nsid: number): Promise<void> {
  const { project, actor, rights } = caller;
  const { db } = services;
  await changeHost(db, project.id, nsid, async (tx, host, known) => {
    const { taskId } = known.facts;
    if (host.state === 2) throw refuseHost(host, 'already finished');
    if (taskId !== null && known.task && (await findOpenRun(tx, host, taskId)))
      throw refuseHost(host, 'is under way: stop it first');
    if (host.host_id === null || host.address === '') throw refuseHost(host, 'has no host that could count as done');
    await setFlowHost(tx, nsid, { state: 2, outcome: 'skipped', reason: `skipped by ${actor.username}` });
    await setPoolStatus(tx, host.host_id, 2);
    await judgeAnew(tx, known.flow, host.batch);
    await note(tx, host, caller, 'skip');
  });
  const host = await requireFlowHost(db, project.id, nsid);
  const known = await requireFlow(db, project.id, host.flow_id);
  const waiting = await waitingNode(db, known, host);
  if (waiting && (await mayGoOn(db, known, host)))
    await operateTask(services, waiting.task, { action: 'skip', node: waiting.node }, { actor, rights });
}

/** What has ended on hosts by now in the step that their batch is at is taken over at once, not with the end of that step. */
async function absorbUnderWay(
  tx: DbOrTransaction,
  { flow_id, batch: number }: FlowHostRecord,
  taskId: number | null,
): Promise<void> {
  const batch = await findBatch(tx, flow_id, number);
  if (taskId === null || batch?.task_id !== taskId || batch.loop === null) return;
  await absorbRuns(tx, flow_id, { taskId, loop: batch.loop });
}

/** It has ended, one way or the other, and not well. */
function isOver({ state }: FlowHostRecord): boolean {
  return state === 3 || state === 4;
}

async function changeHost(
  db: FlowServices['db'],
  projectId: number,
  nsid: number,
  change: (tx: DbOrTransaction, host: FlowHostRecord, known: KnownFlow) => Promise<void>,
): Promise<void> {
  const { flow_id } = await requireFlowHost(db, projectId, nsid);
  await transact(db, async (tx) => {
    const known = await holdFlow(tx, projectId, flow_id);
    await change(tx, await requireFlowHost(tx, projectId, nsid), known);
  });
}

/** The step at which a flow waits for somebody to decide about this host. */
async function waitingNode(db: DbOrTransaction, { facts, task, flow }: KnownFlow, host: FlowHostRecord) {
  if (!task) return undefined;
  for (const node of facts.failedNodes) {
    const step = await findStepOfNode(db, task.id, node);
    if (step?.flow_id !== flow.id || step.flow_step !== host.step_number) continue;
    const batch = await findBatch(db, flow.id, host.batch);
    if (batch?.task_id === task.id && batch.loop === step.loop) return { node, task };
  }
  return undefined;
}

/** Whether a step that has failed would go on as its hosts stand now. */
async function mayGoOn(db: DbOrTransaction, { flow }: KnownFlow, { batch }: FlowHostRecord): Promise<boolean> {
  const all = await countHosts(db, flow.id);
  if (flow.max_failed !== null && all[3] > flow.max_failed) return false;
  if ((await countUnbegun(db, flow.id, batch)) > 0) return false;
  const { 1: underWay, 2: done } = await countHosts(db, flow.id, batch);
  return underWay + done > 0;
}

/** What was asked for stands in the log of the flow and in the records. */
async function note(
  tx: DbOrTransaction,
  { id, flow_id, batch, address }: FlowHostRecord,
  { project, actor }: Pick<FlowCaller, 'project' | 'actor'>,
  action: 'stop' | 'retry' | 'skip',
): Promise<void> {
  const message = `${action} of node[${id} ${address}] by ${actor.username}`;
  await insertFlowLogs(tx, flow_id, [{ batch, message }]);
  const object = `flow ${flow_id} node ${id}`;
  await insertAudit(tx, { ...auditOf(actor), projectId: project.id, action, object });
}
