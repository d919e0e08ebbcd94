import { GantryError, wrongField } from '../../base/error';
import { requireUnsealed } from '../../base/unsealed';
import { auditOf, insertAudit } from '../../db/audit';
import type { DbOrTransaction } from '../../db/connection';
import { insertFlowNeeds, type NewFlowNeed } from '../../db/flow-needs';
import { insertFlow, joinParts, type NewFlowStep } from '../../db/flows';
import { listPooledHosts, type PooledHost } from '../../db/pooled-hosts';
import { transact } from '../../db/transaction';
import { batchSizeOf, planBatches } from '../batches';
import { startDue } from '../queue';
import { type EffectiveStep, planOf } from '../templates/effective';
import type { CreatedFlow, FlowHosts, FlowRequest, FlowServices } from './request';

/** Hosts of one request. */
export const MAX_HOSTS = 10_000;
const MAX_NAMED = 20;
const DAY_SECONDS = 24 * 3600;
const MAX_BATCH_SECONDS = 30 * DAY_SECONDS;

/**
 * Makes a flow for each pool that the hosts are in, in the order of the ids of the pools, each in the line of its pool
 * (orion §3.1). What it is to do does not change any more, whatever becomes of its template.
 *
 * @param tx of a caller who writes more in the same transaction: then `startDue` is theirs to call when that is committed
 * @throws GantryError `invalid`, `not_found` naming what is wrong; nothing is written then
 */
export async function createFlows(
  services: FlowServices,
  request: FlowRequest,
  tx?: DbOrTransaction,
): Promise<CreatedFlow[]> {
  requireBounds(request);
  requireUnsealed({ values: request.values, stepValues: request.stepValues }, 'params');
  requireUnsealed(request.name, 'name');
  return makingFlows(services, tx, (own) => insertFlows(own, request));
}

/**
 * Does what makes flows: in the transaction of a caller, who calls `startDue` when that is committed, else in one of its own, after
 * which those begin whose turn it is.
 */
export async function makingFlows<T>(
  services: FlowServices,
  tx: DbOrTransaction | undefined,
  make: (tx: DbOrTransaction) => Promise<T>,
): Promise<T> {
  if (tx) return make(tx);
  const made = await transact(services.db, make);
  await startDue(services);
  return made;
}

async function insertFlows(tx: DbOrTransaction, request: FlowRequest): Promise<CreatedFlow[]> {
  const { project, values, stepValues } = request;
  const place = { projectId: project.id };
  const { template, steps } = await planOf(tx, place, { templateId: request.template.id, values, stepValues });
  return insertPlanned(tx, request, { template, steps: steps.map(plannedOf) });
}

/** What a flow is made of. */
export interface FlowPlan {
  template: { id: number; name: string };
  steps: readonly NewFlowStep[];
}

function plannedOf({ retry_times: retryTimes, ignore_error: ignoreError, ...step }: EffectiveStep): NewFlowStep {
  return { ...step, retryTimes, ignoreError };
}

/** As `createFlows`, of steps that are known. */
export async function insertPlanned(
  tx: DbOrTransaction,
  request: Omit<FlowRequest, 'template' | 'values' | 'stepValues' | 'rights'>,
  { template, steps }: FlowPlan,
): Promise<CreatedFlow[]> {
  const { project, actor, name, kind = 'run', origin = 'manual', batches = {}, maxFailed } = request;
  if (steps.length === 0)
    throw wrongField(`template ${template.id} has no steps`, { code: 'required', args: { field: 'steps' } });
  const hosts = await findHosts(tx, project.id, request.hosts);
  const created: CreatedFlow[] = [];
  for (const [poolId, pooled] of byPool(hosts)) {
    const numbers = planBatches(pooled.length, batches);
    const flowId = await insertFlow(
      tx,
      {
        project_id: project.id,
        pool_id: poolId,
        pool_name: pooled[0]!.poolName,
        template_id: template.id,
        template_name: template.name,
        ...{ name, kind, origin },
        batch_size: batchSizeOf(pooled.length, batches),
        batch_seconds: request.batchSeconds || null,
        is_auto: request.isAuto ?? true,
        soak_seconds: request.soakSeconds ?? 0,
        max_failed: maxFailed ?? null,
        operator: request.operator || actor.username,
        username: actor.username,
        app_code: actor.appCode,
        queued_at: new Date(),
      },
      { steps, hosts: pooled.map((host, place) => ({ ...host, batch: numbers[place]! })) },
    );
    await insertAudit(tx, {
      ...auditOf(actor),
      projectId: project.id,
      action: 'create',
      object: `flow ${flowId}`,
      detail: { pool: poolId, template: template.id, hosts: pooled.length, batches: numbers.at(-1) },
    });
    created.push({ flowId, poolId });
  }
  return created;
}

/**
 * Has flows that were just made run in the task of one of them, each as a subprocess (`stagesOf`). Call it in the transaction that
 * makes them.
 *
 * @param needs which of them needs which: an expand waits for those before its last step
 */
export async function joinFlows(
  tx: DbOrTransaction,
  wholeId: number,
  partIds: readonly number[],
  needs: readonly NewFlowNeed[] = [],
): Promise<void> {
  if (partIds.length > 0) await joinParts(tx, wholeId, partIds);
  await insertFlowNeeds(tx, needs);
}

export function byPool(hosts: readonly PooledHost[]): Map<number, PooledHost[]> {
  const pools = new Map<number, PooledHost[]>();
  for (const host of hosts) pools.set(host.poolId, [...(pools.get(host.poolId) ?? []), host]);
  return pools;
}

export async function findHosts(tx: DbOrTransaction, projectId: number, wanted: FlowHosts): Promise<PooledHost[]> {
  const given: readonly (number | string)[] = 'ids' in wanted ? wanted.ids : wanted.addresses;
  if (given.length === 0) throw wrongField('nodes is empty', { code: 'required', args: { field: 'nodes' } });
  if (given.length > MAX_HOSTS)
    throw wrongField(`nodes: at most ${MAX_HOSTS} hosts at once`, {
      code: 'too_many',
      args: { field: 'nodes', max: MAX_HOSTS },
    });
  const hosts = await listPooledHosts(tx, projectId, wanted);
  const nameOf = ({ id, address }: PooledHost) => ('ids' in wanted ? id : address);
  const found = new Set<number | string>(hosts.map(nameOf));
  const missing = [...new Set(given)].filter((name) => !found.has(name));
  if (missing.length > 0) throw unknownHosts(missing);
  if (found.size === hosts.length) return hosts;
  const names = hosts.map(nameOf);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].slice(0, MAX_NAMED).join(', ');
  const message = `nodes: several hosts in pools have the address ${twice}: name them by id`;
  throw new GantryError('invalid', message, { reason: { code: 'duplicate', args: { what: 'node', name: twice } } });
}

function unknownHosts(missing: readonly (number | string)[]): GantryError {
  const some = missing.slice(0, MAX_NAMED).join(',');
  return new GantryError('not_found', `node :[${some},] not found...`, {
    reason: { code: 'not_found', args: { what: 'node', id: some } },
    details: missing.slice(0, MAX_NAMED).map((node) => ({ field: 'nodes', node })),
  });
}

export function requireBounds({
  batches = {},
  batchSeconds,
  soakSeconds,
  maxFailed,
}: Pick<FlowRequest, 'batches' | 'batchSeconds' | 'soakSeconds' | 'maxFailed'>): void {
  requireRange('max_num', batches.maxNum, 0, MAX_HOSTS);
  requireRange('max_ratio', batches.maxRatio, 1, 100);
  requireRange('first', batches.first, 1, MAX_HOSTS);
  requireRange('timeout', batchSeconds, 0, MAX_BATCH_SECONDS);
  requireRange('soak', soakSeconds, 0, MAX_BATCH_SECONDS);
  requireRange('max_failed', maxFailed, 0, MAX_HOSTS);
}

function requireRange(field: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw wrongField(`${field} has to be a whole number from ${min} to ${max}`, {
    code: 'out_of_range',
    args: { field, min, max },
  });
}
