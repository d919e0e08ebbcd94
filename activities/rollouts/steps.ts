import type { Db } from '../../db/connection';
import { absorbRuns } from '../../db/flow-absorb';
import { countHosts } from '../../db/flow-batches';
import { countSurviving } from '../../db/flow-hosts';
import { insertFlowLogs } from '../../db/flow-logs';
import { lockFlow } from '../../db/flows';
import { findStep, type HostStepRecord, listFailures, type StepKey, tallyRuns } from '../../db/host-steps';
import { transact } from '../../db/transaction';
import type { HostWait } from '../../plugins/hosts';
import type { AwaitEnd, RolloutSteps, StepEnd, StepOfRollout } from '../../plugins/rollouts';
import type { HostAttempt, HostMeans } from '../hosts/means';
import { plainFailure } from '../hosts/prepare';
import { HostSteps } from '../hosts/steps';
import { beginStep } from './begin';
import { doLocally } from './local';
import { awaitNeeded } from './needs';
import { workWithProvider } from './provider-work';
import { hostStepOf, readStep, type StepFacts } from './step-facts';

const MAX_FAILURES_TOLD = 20;
/** What the log of a flow says of single hosts. */
const MAX_LOGGED = 100;

type Since = { round: number; crashed: string | undefined };

/** The steps of rollouts, for one attempt of a node: their hosts are rows of a step over hosts, whatever is done for them. */
export class FlowSteps implements RolloutSteps {
  readonly #db: Db;
  readonly #hosts: HostSteps;
  readonly #attempt: HostAttempt;
  #hasBegun = false;

  constructor(
    private readonly means: HostMeans,
    attempt: HostAttempt,
  ) {
    this.#db = means.reach.db;
    // What is run was written by editors: whoever may roll out need not be one.
    this.#attempt = { ...attempt, least: 'operator' };
    this.#hosts = new HostSteps(means, this.#attempt);
  }

  /** As that of `HostSteps`. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async next(ref: StepOfRollout, since: Since): Promise<{ parts: number } | HostWait | { end: StepEnd }> {
    const facts = await readStep(this.#db, this.#attempt, ref);
    const row = (await findStep(this.#db, this.#key)) ?? (await beginStep(this.means, this.#attempt, facts));
    this.#hasBegun = true;
    if (!row) return { end: this.#attempt.retry === 0 ? NOTHING : await this.#nothingLeft(facts) };
    if (row.kind === 'local') {
      const wait = await doLocally(this.#db, facts, row);
      return wait ?? { end: await this.#end(facts, row) };
    }
    const answer = await this.#hosts.next(hostStepOf(facts, row.deadline), since);
    return 'tally' in answer ? { end: await this.#end(facts, row) } : answer;
  }

  async part(ref: StepOfRollout, share: { part: number; of: number }): Promise<{ end: StepEnd } | undefined> {
    const facts = await readStep(this.#db, this.#attempt, ref);
    const row = await findStep(this.#db, this.#key);
    if (!row) throw new Error('the step is not there');
    if (row.kind === 'provider') await workWithProvider(this.means, this.#attempt, facts, row);
    else await this.#hosts.part(hostStepOf(facts, row.deadline), share);
    const { waiting = 0, starting = 0, running = 0 } = await tallyRuns(this.#db, row.id);
    return waiting + starting + running > 0 ? undefined : { end: await this.#end(facts, row) };
  }

  /** Whoever has a step tried again that can be tried on no host has not decided to go on without them. */
  async #nothingLeft(facts: StepFacts): Promise<StepEnd> {
    const { flow, step, batch } = facts;
    const [surviving, ofBatch, { 3: failed }] = await Promise.all([
      countSurviving(this.#db, { flowId: flow.id, batch: batch!.number, step: step.number }),
      countHosts(this.#db, flow.id, batch!.number),
      countHosts(this.#db, flow.id),
    ]);
    const total = Object.values(ofBatch).reduce((sum, hosts) => sum + hosts, 0);
    const problem = problemOf({ facts, counts: {}, total, surviving, failed });
    const left = 'those that are lost or were ended are tried again by their names';
    return { ...NOTHING, surviving, ...(problem === undefined ? {} : { problem: `${problem}; ${left}` }) };
  }

  async awaitNeeded(of: Omit<StepOfRollout, 'step'>): Promise<HostWait | { end: AwaitEnd }> {
    this.#hasBegun = true;
    return awaitNeeded(this.#db, this.#attempt, of);
  }

  get #key(): StepKey {
    const { taskId, nodeId, loop, retry } = this.#attempt;
    return { taskId, nodeId, loop, retry, ordinal: 1 };
  }

  /** Takes over how the runs of a step have ended; who does it again, or at the same time, finds it done and says the same. */
  async #end(facts: StepFacts, { id }: HostStepRecord): Promise<StepEnd> {
    const { flow, step, batch } = facts;
    const place = { flowId: flow.id, batch: batch!.number, step: step.number };
    return transact(this.#db, async (tx) => {
      const current = await lockFlow(tx, flow.project_id, flow.id);
      if (current?.task_id !== this.#attempt.taskId)
        throw plainFailure(`rollout ${flow.id} is not run by this task any more`);
      const changed = await absorbRuns(tx, flow.id, this.#attempt);
      const counts = await tallyRuns(tx, id);
      const surviving = await countSurviving(tx, place);
      const { 3: failed } = await countHosts(tx, flow.id);
      const failures = (await listFailures(tx, id, MAX_LOGGED)).map(
        // One whose machine is yet to come has no address.
        ({ address, host_id, status, reason }) => `${address || `[${host_id}]`} ${status}: ${reason}`,
      );
      const total = Object.values(counts).reduce((sum, hosts) => sum + hosts, 0);
      const problem = problemOf({ facts, counts, total, surviving, failed });
      if (changed.length > 0) {
        const told = Object.entries(counts).map(([status, hosts]) => `${hosts} ${status}`);
        const lines = [
          ...failures.map((failure) => `result for node ${failure}`),
          `finish running step ${step.name}: ${told.join(', ')}${step.ignore_error ? '; failures are ignored' : ''}`,
          ...(problem === undefined ? [] : [`fail to run step ${step.name}: ${problem}`]),
        ];
        await insertFlowLogs(
          tx,
          flow.id,
          lines.map((message) => ({ batch: place.batch, message })),
        );
      }
      const end = { total, counts, surviving, failures: failures.slice(0, MAX_FAILURES_TOLD) };
      return problem === undefined ? end : { ...end, problem };
    });
  }
}

const NOTHING: StepEnd = { total: 0, counts: {}, surviving: 0, failures: [] };

/** Why somebody has to say how it goes on; undefined: it goes on with those that survive (orion §3.3). */
function problemOf({
  facts: { flow, step, batch },
  counts,
  total,
  surviving,
  failed,
}: {
  facts: StepFacts;
  counts: Readonly<Record<string, number>>;
  total: number;
  surviving: number;
  failed: number;
}): string | undefined {
  const { not_run: unbegun = 0 } = counts;
  const where = `of batch ${batch!.number}`;
  if (flow.max_failed !== null && failed > flow.max_failed)
    return `${failed} hosts of the rollout have failed, and ${flow.max_failed} may`;
  if (unbegun > 0)
    return `${unbegun} of ${total} hosts ${where} were not begun in step ${step.name}: their time was over`;
  return surviving === 0 && total > 0 ? `no host ${where} has come through step ${step.name}` : undefined;
}
