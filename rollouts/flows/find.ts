import { GantryError } from '../../base/error';
import type { DbOrTransaction } from '../../db/connection';
import { type FlowFactsRow, listFlowFacts } from '../../db/flow-facts';
import { type FlowHostRecord, findFlowHost } from '../../db/flow-hosts';
import { type FlowRecord, findFlow, lockFlow } from '../../db/flows';
import { findTask, type TaskRecord } from '../../db/tasks';
import { notThere } from '../../tasks/require-task';
import { flowStateOfRow, type ShownFlow } from '../states';

/** A flow with how it stands. */
export interface KnownFlow extends ShownFlow {
  flow: FlowRecord;
  facts: FlowFactsRow;
  /** Its task of now, unless it has ended. */
  task: TaskRecord | undefined;
}

/** @throws GantryError `not_found` for a flow that is not of the project */
export async function requireFlow(db: DbOrTransaction, projectId: number, flowId: number): Promise<KnownFlow> {
  const flow = await findFlow(db, projectId, flowId);
  if (!flow) throw notThere('flow', flowId);
  return known(db, flow);
}

/** The same of one that nobody else changes until the transaction ends. */
export async function holdFlow(tx: DbOrTransaction, projectId: number, flowId: number): Promise<KnownFlow> {
  const flow = await lockFlow(tx, projectId, flowId);
  if (!flow) throw notThere('flow', flowId);
  return known(tx, flow);
}

/** @throws GantryError `not_found` for a host of a flow that is not of the project */
export async function requireFlowHost(db: DbOrTransaction, projectId: number, nsid: number): Promise<FlowHostRecord> {
  const host = await findFlowHost(db, projectId, nsid);
  if (!host) throw notThere('node', nsid);
  return host;
}

async function known(db: DbOrTransaction, flow: FlowRecord): Promise<KnownFlow> {
  const facts = (await listFlowFacts(db, [flow.id])).get(flow.id)!;
  const isUnderWay = facts.phase !== null && facts.phase !== 'ended' && !facts.isQueued && facts.end_state === null;
  const task = isUnderWay ? await findTask(db, flow.project_id, facts.taskId!) : undefined;
  return { flow, facts, task, ...flowStateOfRow(facts) };
}

/** What is said of a flow that does not allow what is asked for. */
export function refuseFlow({ flow, state }: KnownFlow, why: string): GantryError {
  return new GantryError('wrong_state', `Flow ${flow.name} ${why}`, {
    reason: { code: 'wrong_state', args: { what: 'flow', id: flow.id, state: String(state) } },
  });
}

/** What is said of a host of a flow that does not allow what is asked for. */
export function refuseHost({ id, state }: FlowHostRecord, why: string): GantryError {
  return new GantryError('wrong_state', `node ${id} ${why}`, {
    reason: { code: 'wrong_state', args: { what: 'node', id, state: String(state) } },
  });
}
