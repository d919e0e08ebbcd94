import { groupedBy } from '../../base/grouped';
import type { DbOrTransaction } from '../../db/connection';
import { type FlowFactsRow, listFlowFacts } from '../../db/flow-facts';
import {
  countHostsOfFlows,
  type FlowFilter,
  type ListedStep,
  listFlows,
  listFlowsAfter,
  listStepsOfFlows,
  listTurns,
  type PoolTurn,
} from '../../db/flow-lists';
import type { FlowState } from '../../db/flow-tables';
import { type FlowRecord, findFlow } from '../../db/flows';
import type { PageOf, Rows } from '../../db/pages';
import { notThere } from '../../tasks/require-task';
import { flowStateOfRow, type ShownFlow } from '../states';
import { type Waiting, waitingOf } from './waiting';

/** Values of steps of one answer, in bytes: one flow has less. */
const MAX_VALUES_BYTES = 4 * 1024 * 1024;

/** A flow as it is shown: how it stands, what it does, and how many of its hosts stand how. */
export interface FlowView extends ShownFlow {
  flow: FlowRecord;
  steps: ListedStep[];
  /** Hosts by state. */
  counts: Record<FlowState, number>;
  /** When something was changed, done or said of it last. */
  updatedAt: Date;
  /** Absent: it waits for nothing. */
  waiting?: Waiting | undefined;
}

/** A page of the flows of a project, the newest first, in as many statements however many there are. */
export async function viewFlows(
  db: DbOrTransaction,
  projectId: number,
  filter: FlowFilter & Rows,
): Promise<PageOf<FlowView>> {
  const { rows, total } = await listFlows(db, projectId, filter);
  return { rows: await viewsOf(db, rows), total };
}

/** Flows of a project after an id, the oldest first. */
export async function viewFlowsAfter(
  db: DbOrTransaction,
  projectId: number,
  filter: FlowFilter & { after: number; limit: number },
): Promise<FlowView[]> {
  return viewsOf(db, await listFlowsAfter(db, projectId, filter));
}

/** @throws GantryError `not_found` for a flow that is not of the project */
export async function viewFlow(db: DbOrTransaction, projectId: number, flowId: number): Promise<FlowView> {
  const flow = await findFlow(db, projectId, flowId);
  if (!flow) throw notThere('flow', flowId);
  return (await viewsOf(db, [flow]))[0]!;
}

/** Flows as they are shown, in their order. */
export async function viewsOf(db: DbOrTransaction, flows: readonly FlowRecord[]): Promise<FlowView[]> {
  if (flows.length === 0) return [];
  const ids = flows.map(({ id }) => id);
  const queued = flows.flatMap(({ queued_at, pool_id }) => (queued_at && pool_id !== null ? [pool_id] : []));
  const [facts, counts, steps, turns] = await Promise.all([
    listFlowFacts(db, ids),
    countHostsOfFlows(db, ids),
    listStepsOfFlows(db, ids, MAX_VALUES_BYTES),
    queued.length === 0 ? new Map<number, PoolTurn>() : listTurns(db, queued),
  ]);
  const stepsOf = groupedBy(steps, ({ flow_id }) => flow_id);
  return flows.map((flow) => ({
    flow,
    counts: counts.get(flow.id)!,
    steps: stepsOf.get(flow.id) ?? [],
    ...standing(flow, facts.get(flow.id)!, turns),
  }));
}

function standing(flow: FlowRecord, facts: FlowFactsRow, turns: ReadonlyMap<number, PoolTurn>) {
  const shown = flowStateOfRow(facts);
  const turn = flow.pool_id === null ? undefined : turns.get(flow.pool_id);
  const updatedAt = facts.saidAt && facts.saidAt > flow.updated_at ? facts.saidAt : flow.updated_at;
  return { ...shown, updatedAt, waiting: waitingOf({ flow, facts, state: shown.state, turn }) };
}
