import { KEPT } from '../../access/rights';
import { findProject } from '../../db/access';
import type { FlowState } from '../../db/flow-tables';
import type { NewFlowStep } from '../../db/flows';
import { findNodeExecution } from '../../db/node-executions';
import { transact } from '../../db/transaction';
import { insertPlanned } from '../../rollouts/flows/create';
import { requireFlow } from '../../rollouts/flows/find';
import type { FlowCaller, FlowRequest } from '../../rollouts/flows/request';
import { startDue } from '../../rollouts/queue';
import { eventually } from './eventually';
import type { Gantry } from './gantry';

let made = 0;

/** A step of a shell script, with what else is said of it. */
export function remote(name: string, script: string, more: Partial<NewFlowStep> = {}): NewFlowStep {
  return {
    ...{ name, type: 'remote' as const, values: {}, retryTimes: 0, ignoreError: false },
    scripts: [{ action: name, interpreter: 'sh', script }],
    ...more,
  };
}

/** A step that reaches no host. */
export function local(name: string, values: Record<string, unknown> = {}): NewFlowStep {
  return { name, type: 'local', values, retryTimes: 0, ignoreError: false, scripts: [] };
}

/** Rollouts in a project of an installation. */
export class Rollouts {
  private constructor(
    readonly gantry: Gantry,
    readonly caller: FlowCaller,
  ) {}

  static async in(gantry: Gantry, projectId: number): Promise<Rollouts> {
    const project = (await findProject(gantry.db, projectId))!;
    const actor = { username: 'admin', appCode: 'test-app', source: 'api' };
    return new Rollouts(gantry, { project, actor, rights: KEPT });
  }

  get services() {
    return this.gantry.services;
  }

  /** Makes a pool with these hosts in it; its id. */
  async pool(hostIds: readonly number[]): Promise<number> {
    const { db } = this.gantry;
    const project_id = this.caller.project.id;
    const name = `made ${++made}`;
    const cluster = await db
      .insertInto('clusters')
      .values({ project_id, name })
      .returning('id')
      .executeTakeFirstOrThrow();
    const service = await db
      .insertInto('services')
      .values({ project_id, name, cluster_id: cluster.id, docker_image: 'image' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const pool = await db
      .insertInto('pools')
      .values({ project_id, name, service_id: service.id, module_id: null, ssh_profile_id: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('pool_hosts')
      .values(hostIds.map((host_id) => ({ host_id, pool_id: pool.id })))
      .execute();
    return pool.id;
  }

  /** Makes a flow of steps over hosts, in the line of its pool; its id. */
  async make(
    steps: readonly NewFlowStep[],
    hostIds: readonly number[],
    more: Partial<Omit<FlowRequest, 'hosts'>> = {},
  ): Promise<number> {
    const { db } = this.gantry;
    const template = { id: await this.#template(), name: 'made' };
    const request = { ...this.caller, hosts: { ids: hostIds }, name: 'rollout', ...more };
    const [flow] = await transact(db, (tx) => insertPlanned(tx, request, { template, steps }));
    return flow!.flowId;
  }

  /** The same, and starts it. */
  async run(...given: Parameters<Rollouts['make']>): Promise<number> {
    const flowId = await this.make(...given);
    await startDue(this.services);
    return flowId;
  }

  async #template(): Promise<number> {
    const { id } = await this.gantry.db
      .insertInto('rollout_templates')
      .values({ project_id: this.caller.project.id, name: `made ${++made}` })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  state(flowId: number) {
    return requireFlow(this.gantry.db, this.caller.project.id, flowId);
  }

  /** @throws Error, saying why, for a flow in which a step has failed meanwhile */
  async untilState(flowId: number, state: FlowState, withinMs = 60_000) {
    const known = await eventually(`flow ${flowId} is ${state}`, () => this.state(flowId), {
      isWanted: (seen) => seen.state === state || seen.state === 3,
      withinMs,
    });
    if (known.state === state) return known;
    throw new Error(`flow ${flowId} is ${known.state}: ${JSON.stringify(await this.failures(flowId))}`);
  }

  /** Until a step of it has failed again after so many retries. */
  async untilRetried(flowId: number, retries: number): Promise<void> {
    const last = async () => {
      const { facts } = await this.state(flowId);
      const [node] = facts.failedNodes;
      return node === undefined ? undefined : (await findNodeExecution(this.gantry.db, facts.taskId!, node))?.retry;
    };
    await eventually(`flow ${flowId} has failed again`, last, { isWanted: (retry) => retry === retries });
  }

  /** What the failed nodes of a flow say. */
  async failures(flowId: number): Promise<unknown[]> {
    const { facts } = await this.state(flowId);
    const { db } = this.gantry;
    const found = await Promise.all(facts.failedNodes.map((node) => findNodeExecution(db, facts.taskId!, node)));
    return found.map((node) => (node?.outputs as { ex_data?: unknown } | null)?.ex_data);
  }

  /** Until its task has ended too. */
  async untilEnded(flowId: number): Promise<void> {
    await eventually(`the task of flow ${flowId} has ended`, async () => (await this.state(flowId)).facts.phase, {
      isWanted: (phase) => phase === 'ended',
      withinMs: 120_000,
    });
  }

  hosts(flowId: number) {
    return this.gantry.db.selectFrom('flow_hosts').selectAll().where('flow_id', '=', flowId).orderBy('place').execute();
  }

  async states(flowId: number): Promise<FlowState[]> {
    return (await this.hosts(flowId)).map(({ state }) => state);
  }

  batches(flowId: number) {
    const batches = this.gantry.db.selectFrom('flow_batches').selectAll().where('flow_id', '=', flowId);
    return batches.orderBy('number').execute();
  }

  async logs(flowId: number): Promise<string[]> {
    const lines = this.gantry.db.selectFrom('flow_logs').select('message').where('flow_id', '=', flowId);
    return (await lines.orderBy('id').execute()).map(({ message }) => message);
  }
}
