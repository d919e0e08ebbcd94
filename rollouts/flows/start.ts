import { auditOf, insertAudit } from '../../db/audit';
import type { DbOrTransaction } from '../../db/connection';
import { absorbEnded } from '../../db/flow-absorb';
import { listGone, listLostIn, reopenUnfinished } from '../../db/flow-hosts';
import { insertFlowLogs } from '../../db/flow-logs';
import { type FlowRecord, listUnfinishedExpands, listWithParts, queueFlows } from '../../db/flows';
import { transact } from '../../db/transaction';
import { callNodeBack } from '../../tasks/call-back';
import { operateTask } from '../../tasks/operate';
import { startDue } from '../queue';
import { holdFlow, type KnownFlow, refuseFlow, requireFlow } from './find';
import type { FlowCaller, FlowServices } from './request';

const MAX_NAMED = 20;

/**
 * Starts a flow, or has it go on (orion §3.2): one that is paused is resumed, a gate is answered, one in which a step has failed
 * tries that again on the hosts on which it is not done, and one that has ended gets another task with what is unfinished, from
 * where each host was. One that waits for its pool goes on waiting.
 *
 * @throws GantryError `wrong_state` for one that is running, or of which nothing is left to do; as `operateTask`
 */
export async function startFlow(services: FlowServices, caller: FlowCaller, flowId: number): Promise<void> {
  const known = await requireFlow(services.db, caller.project.id, flowId);
  if (known.facts.isQueued || known.facts.phase === 'created') return startDue(services);
  if (!known.task) return startAgain(services, caller, flowId);
  await goOn(services, caller, known);
}

async function goOn(services: FlowServices, { actor, rights }: FlowCaller, known: KnownFlow): Promise<void> {
  const { task, facts } = known;
  const asked = { actor, rights };
  const isPaused = facts.shown === 'SUSPENDED';
  if (isPaused) await operateTask(services, task!, { action: 'resume' }, asked);
  for (const node of facts.failedNodes) await operateTask(services, task!, { action: 'retry', node }, asked);
  if (isPaused || facts.failedNodes.length > 0) return;
  if (facts.gate === null) throw refuseFlow(known, `is in state running: ${known.state} do not start`);
  await callNodeBack(services, task!, { node: facts.gate, data: { by: actor.username } }, asked);
}

async function startAgain(services: FlowServices, { project, actor }: FlowCaller, flowId: number): Promise<void> {
  const refusal = await transact(services.db, async (tx) => {
    const known = await holdFlow(tx, project.id, flowId);
    // Somebody was faster.
    if (known.facts.isQueued || known.task) return undefined;
    // What was done is known from then on, also where nothing is left to do.
    if (!(await reopen(tx, known.flow, actor))) return refuseFlow(known, await nothingLeft(tx, flowId));
    await queueAgain(tx, known, actor);
    return undefined;
  });
  if (refusal) throw refusal;
  await startDue(services);
}

/** Has what is unfinished of a flow that has ended be to come again; false: nothing is. */
async function reopen(
  tx: DbOrTransaction,
  { id, name, project_id }: FlowRecord,
  actor: FlowCaller['actor'],
): Promise<boolean> {
  await absorbEnded(tx, id);
  if ((await reopenUnfinished(tx, id)) === 0) return false;
  const message = `flow[${name},${id}] is started again by ${actor.username}`;
  await insertFlowLogs(tx, id, [{ batch: 0, message }]);
  await insertAudit(tx, { ...auditOf(actor), projectId: project_id, action: 'start', object: `flow ${id}` });
  return true;
}

/**
 * Starts expands by the clock again that have not come through on hosts which pools still have, each with the flows of its task
 * (orion §8). Call it in a transaction, and `startDue` when that is committed.
 *
 * @returns ids of the flows in which something is to be done
 */
export async function startUnfinished(
  tx: DbOrTransaction,
  { project, actor }: Pick<FlowCaller, 'project' | 'actor'>,
  poolIds: readonly number[],
): Promise<number[]> {
  const started: FlowRecord[] = [];
  for (const id of await listUnfinishedExpands(tx, poolIds)) {
    const { flow } = await holdFlow(tx, project.id, id);
    if (await reopen(tx, flow, actor)) started.push(flow);
  }
  for (const wholeId of new Set(started.map(({ id, part_of }) => part_of ?? id))) {
    const ids = (await listWithParts(tx, wholeId)).map(({ id }) => id);
    await queueFlows(tx, ids, actor);
  }
  return started.map(({ id }) => id);
}

/** Puts a flow that has ended into the line of its pool again; of a part nobody else is started with it. */
export async function queueAgain(tx: DbOrTransaction, { flow }: KnownFlow, actor: FlowCaller['actor']): Promise<void> {
  if (flow.part_of !== null) await tx.updateTable('flows').set({ part_of: null }).where('id', '=', flow.id).execute();
  const ids = (await listWithParts(tx, flow.id)).map(({ id }) => id);
  await queueFlows(tx, ids, actor);
}

async function nothingLeft(db: DbOrTransaction, flowId: number): Promise<string> {
  const lost = await listLostIn(db, flowId, MAX_NAMED);
  if (lost.length > 0) {
    return `already finished: what is left is lost, and may have been done: retry these nodes one by one: ${named(lost)}`;
  }
  const gone = await listGone(db, flowId, MAX_NAMED);
  if (gone.length > 0) return `already finished: the nodes that are left are not in its pool any more: ${named(gone)}`;
  return 'already finished: nothing is left to do';
}

function named(hosts: readonly { id: number; address: string }[]): string {
  return hosts.map(({ id, address }) => `${address} (${id})`).join(', ');
}
