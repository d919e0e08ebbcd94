import { GantryError, wrongField } from '../../base/error';
import { stringifyJson } from '../../base/json';
import type { DbOrTransaction } from '../../db/connection';
import type { FlowOrigin } from '../../db/flow-tables';
import { keepRolloutPool, type RolloutPool } from '../../db/pool-rollouts';
import type { FlowCaller } from '../flows/request';
import { NO_SERVICE_DISCOVERY, NO_VM_PROVIDER, readProviderSettings } from '../providers/settings';
import { builtInStep } from '../templates/built-in';
import { requireTemplate } from '../templates/templates';

/** What is done with a whole pool, or with some of its hosts. */
export type PoolOperation = 'expand' | 'shrink' | 'deploy';

/** Something that somebody, or a schedule, has done with a pool. */
export interface PoolRequest extends FlowCaller {
  poolId: number;
  /** Who is shown as the one who asked; default: who asks. */
  operator?: string | undefined;
  /** Default: `manual`. */
  origin?: FlowOrigin | undefined;
  /** Of the flow; default: `<operation>_<pool>`. */
  name?: string | undefined;
}

/** A pool with the template by which something is done with it. */
export interface PreparedPool {
  pool: RolloutPool;
  templateId: number;
  /** Names of its steps. */
  steps: readonly string[];
}

/**
 * The pool and the template that an operation means, once that can be done (orion §6).
 *
 * @throws GantryError `not_found`, `invalid` in the document's words
 */
export async function preparePool(
  tx: DbOrTransaction,
  { project, poolId }: Pick<PoolRequest, 'project' | 'poolId'>,
  operation: PoolOperation,
): Promise<PreparedPool> {
  const pool = await keepRolloutPool(tx, project.id, poolId);
  if (!pool) throw missing('pool', poolId, `Pool not found : ${poolId}`);
  if (pool.docker_image === null) throw missing('service', pool.service_id, `Service not found : ${pool.service_id}`);
  const templateId = templateOf(pool, operation);
  const steps = await stepsOf(tx, project.id, templateId);
  requireEnds(operation, steps);
  requireProviders(steps);
  requireServiceDiscovery(operation, pool, steps);
  return { pool, templateId, steps };
}

function templateOf(pool: RolloutPool, operation: PoolOperation): number {
  const ids = { expand: pool.expand_template, shrink: pool.shrink_template, deploy: pool.deploy_template };
  const field = 'tasks';
  if (Object.values(ids).every((id) => id === 0)) {
    throw wrongField('No task def  found', { code: 'required', args: { field } });
  }
  const id = ids[operation];
  if (id === 0) throw wrongField(`No task id found for:${operation}`, { code: 'required', args: { field } });
  if (id < 0) throw wrongField(`Bad ${operation} task id :${id}`, { code: 'malformed', args: { field } });
  return id;
}

async function stepsOf(tx: DbOrTransaction, projectId: number, templateId: number): Promise<string[]> {
  const { steps } = await requireTemplate(tx, { projectId }, templateId).catch((error) => {
    const isMissing = error instanceof GantryError && error.kind === 'not_found';
    throw isMissing ? missing('template', templateId, `template not found: ${templateId}`) : error;
  });
  if (steps.length > 0) return steps.map(({ name }) => name);
  const reason = { code: 'required', args: { field: 'steps' } } as const;
  throw wrongField(`fail to load template steps: template ${templateId} has no steps`, reason);
}

/** A machine is there before anything is done with it, and nothing is done after it has gone. */
function requireEnds(operation: PoolOperation, names: readonly string[]): void {
  const all = stringifyJson(names);
  const args = { field: 'tasks' };
  if (operation === 'expand' && names[0] !== 'create_vm') {
    throw wrongField(`first step of expand template is not create_vm: ${all}`, { code: 'malformed', args });
  }
  if (operation === 'shrink' && names.at(-1) !== 'return_vm') {
    throw wrongField(`last step of shrink template is not return_vm: ${all}`, { code: 'malformed', args });
  }
}

/** What nobody could do is not begun: it would stand before its first host until somebody looks. */
function requireProviders(steps: readonly string[]): void {
  const { vm, sd } = readProviderSettings();
  const types = new Set(steps.map((name) => builtInStep(name)?.type));
  if (!vm && types.has('vm')) throw new GantryError('invalid', NO_VM_PROVIDER);
  if (!sd && types.has('sd')) throw new GantryError('invalid', NO_SERVICE_DISCOVERY);
}

/** The steps that get the pool's `sd_id`. */
const TOLD: Partial<Record<PoolOperation, string>> = { expand: 'register', shrink: 'unregister' };

/** Machines are not made, and services not stopped, for a step that is known to fail. */
function requireServiceDiscovery(operation: PoolOperation, { sd_id }: RolloutPool, steps: readonly string[]): void {
  const step = steps.find((name) => name === TOLD[operation]);
  if (step === undefined || sd_id !== 0) return;
  const args = { field: 'sd_id' };
  throw wrongField(`the pool names no service discovery for step ${step}: set its sd_id`, { code: 'required', args });
}

/** What is not there is wrong with the request, as the document has it. */
function missing(what: string, id: number, message: string): GantryError {
  return new GantryError('not_found', message, { reason: { code: 'not_found', args: { what, id } } });
}

/** Values of the steps that start a service: the image of which they start it. */
export function imageValues(steps: readonly string[], tag: string): Record<string, { tag: string }> {
  return Object.fromEntries(steps.filter((name) => name.startsWith('start_service')).map((name) => [name, { tag }]));
}
