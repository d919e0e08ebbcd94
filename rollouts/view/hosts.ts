import { groupedBy } from '../../base/grouped';
import type { DbOrTransaction } from '../../db/connection';
import {
  type FlowHostFilter,
  type ListedFlowHost,
  listFlowHostsAfter,
  listStepsOnHosts,
  listStepTimes,
  pageOfFlowHosts,
  type StepOnHost,
  type StepTime,
} from '../../db/flow-host-lists';
import type { FlowHostRecord } from '../../db/flow-hosts';
import { type FlowRecord, findFlow } from '../../db/flows';
import type { PageOf, Rows } from '../../db/pages';
import { notThere } from '../../tasks/require-task';

/** A host of a flow, and what the steps of this were on it. */
export interface FlowHostView {
  host: FlowHostRecord;
  steps: StepOnHost[];
}

/** A host of a flow in a long page, and how long the steps of this were under way on it. */
export interface FlowHostTimes {
  host: ListedFlowHost;
  steps: StepTime[];
}

/** A flow of a project with hosts of it. */
export interface FlowHosts<T> {
  flow: FlowRecord;
  hosts: T;
}

/**
 * A page of the hosts of a flow, in its order.
 *
 * @throws GantryError `not_found` for a flow that is not of the project
 */
export async function viewFlowHosts(
  db: DbOrTransaction,
  { projectId, flowId }: { projectId: number; flowId: number },
  rows: Rows,
): Promise<FlowHosts<PageOf<FlowHostTimes>>> {
  const flow = await requireRow(db, projectId, flowId);
  const [page, times] = await Promise.all([pageOfFlowHosts(db, flowId, rows), listStepTimes(db, flowId, rows)]);
  return { flow, hosts: { rows: join(page.rows, times), total: page.total } };
}

/**
 * Hosts of a flow after a place in its order.
 *
 * @throws GantryError `not_found` for a flow that is not of the project
 */
export async function viewFlowHostsAfter(
  db: DbOrTransaction,
  { projectId, flowId }: { projectId: number; flowId: number },
  filter: FlowHostFilter & { after: number; limit: number },
): Promise<FlowHostView[]> {
  await requireRow(db, projectId, flowId);
  return withSteps(db, flowId, await listFlowHostsAfter(db, flowId, filter));
}

async function requireRow(db: DbOrTransaction, projectId: number, flowId: number): Promise<FlowRecord> {
  const flow = await findFlow(db, projectId, flowId);
  if (!flow) throw notThere('flow', flowId);
  return flow;
}

async function withSteps(
  db: DbOrTransaction,
  flowId: number,
  hosts: readonly FlowHostRecord[],
): Promise<FlowHostView[]> {
  if (hosts.length === 0) return [];
  const places = hosts.map(({ place }) => place);
  return join(hosts, await listStepsOnHosts(db, flowId, places));
}

function join<H extends { place: number }, S extends { place: number }>(hosts: readonly H[], steps: readonly S[]) {
  const byPlace = groupedBy(steps, ({ place }) => place);
  return hosts.map((host) => ({ host, steps: byPlace.get(host.place) ?? [] }));
}

/** How long the steps of a flow were under way on a host together, in ms. */
export function runTimeOf({ steps }: Pick<FlowHostTimes, 'steps'>): number {
  return steps.reduce((sum, { ms }) => sum + ms, 0);
}
