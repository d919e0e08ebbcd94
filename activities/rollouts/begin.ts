import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { stringifyJson } from '../../base/json';
import type { DbOrTransaction } from '../../db/connection';
import { absorbEarlier, absorbRuns } from '../../db/flow-absorb';
import { countHosts, noteStep } from '../../db/flow-batches';
import { beginStepOn, listBusyHosts, listCandidates, type StepCandidate, type StepChoice } from '../../db/flow-hosts';
import { insertFlowLogs } from '../../db/flow-logs';
import { lockFlow } from '../../db/flows';
import { endUnbegun } from '../../db/host-run-ends';
import { findStep, type HostStepRecord, insertStep, type StepHost, type StepKey } from '../../db/host-steps';
import { transact } from '../../db/transaction';
import type { HostAttempt, HostMeans } from '../hosts/means';
import { plainFailure, prepare } from '../hosts/prepare';
import { isLocal } from './local';
import { hostStepOf, type StepFacts } from './step-facts';

/** So many hosts are worth an activity of their own: fewer activities are fewer events of the history. */
const HOSTS_A_PART = 200;
const MAX_PARTS = 20;

/** What an attempt that was given up had begun is ended within seconds, where its host answers. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 500;

const BUSY = 'what an earlier attempt had begun there has not been ended yet';
const GONE = 'the host is not in the inventory any more';
const NO_MACHINE = 'its machine never came: there is nothing to do';

/**
 * Begins a step on those hosts of its batch that stand before it: those that are under way, and in a further attempt those on
 * which it has failed.
 *
 * @returns undefined: there are none
 * @throws PluginFailure for what cannot be begun on any host
 */
export async function beginStep(
  means: HostMeans,
  attempt: HostAttempt,
  facts: StepFacts,
): Promise<HostStepRecord | undefined> {
  const { flow, step, batch, kind } = facts;
  const { db } = means.reach;
  if (!batch) return undefined;
  requireDoable(means, facts);
  const key: StepKey = {
    taskId: attempt.taskId,
    nodeId: attempt.nodeId,
    loop: attempt.loop,
    retry: attempt.retry,
    ordinal: 1,
  };
  // Of an attempt that was failed by force: what it has not begun it never will.
  if (attempt.retry > 0) await endUnbegun(db, earlierOf(key));
  const busy = new Set(await settledHosts(db, attempt, facts));
  return transact(db, async (tx) => {
    const current = (await lockFlow(tx, flow.project_id, flow.id))!;
    if (current.task_id !== attempt.taskId) throw plainFailure(`rollout ${flow.id} is not run by this task any more`);
    await absorbRuns(tx, flow.id, attempt);
    await absorbEarlier(tx, { ...placeOf(facts), taskId: attempt.taskId });
    const candidates = await listCandidates(tx, { ...placeOf(facts), choice: choiceOf(attempt) });
    if (candidates.length === 0) return undefined;
    const now = Date.now();
    const isOver = batch.deadline !== null && batch.deadline.getTime() <= now;
    // Whoever has it tried again gives it the time of a batch once more.
    const isNewTime = isOver && attempt.retry > 0 && current.batch_seconds !== null;
    const deadline = isNewTime ? new Date(now + current.batch_seconds! * 1000) : batch.deadline;
    const hosts = candidates.map((host) => stepHostOf(host, facts, busy));
    const hostStep = hostStepOf(facts, deadline);
    const common = {
      timeoutSeconds: hostStep.timeoutSeconds,
      concurrency: hostStep.concurrency,
      account: null,
      locksHosts: false,
    };
    const isNew = await insertStep(
      tx,
      {
        ...key,
        ...common,
        projectId: flow.project_id,
        workHash: createHash('sha256')
          .update(stringifyJson([step.type, step.name, step.values, step.scripts]))
          .digest('hex'),
        maxFailed:
          step.ignore_error || current.max_failed === null
            ? null
            : await mayStillFail(tx, current.max_failed, facts, candidates),
        retries: hostStep.retries,
        retryWaitSeconds: hostStep.retryWaitSeconds,
        parts: kind === 'script' ? Math.max(1, Math.min(MAX_PARTS, Math.ceil(hosts.length / HOSTS_A_PART))) : 1,
        kind,
        deadline,
        flow: { id: flow.id, step: step.number },
      },
      hosts,
    );
    if (isNew) {
      await beginStepOn(
        tx,
        candidates.map(({ id }) => id),
        { step: step.number, name: step.name },
      );
      await noteStep(tx, { flowId: flow.id, number: batch.number, step: step.number, deadline });
      const again = attempt.retry > 0 ? `, attempt ${attempt.retry + 1}` : '';
      const message = `start running step ${step.name} of batch ${batch.number} on ${hosts.length} nodes${again}`;
      await insertFlowLogs(tx, flow.id, [{ batch: batch.number, message }]);
    }
    return findStep(tx, key);
  });
}

function placeOf({ flow, step, batch }: StepFacts) {
  return { flowId: flow.id, batch: batch!.number, step: step.number };
}

/** @throws PluginFailure for a script that cannot be, a step that nobody knows here, and one whose provider there is not */
function requireDoable({ providers = {} }: HostMeans, facts: StepFacts): void {
  const { step, kind } = facts;
  if (kind === 'script') {
    if (step.scripts.length === 0) throw plainFailure(`step ${step.name} has no action: nothing is run on any host`);
    prepare(hostStepOf(facts, null));
  }
  if (kind === 'local' && !isLocal(step.name)) throw plainFailure(`there is no built-in step ${step.name}`);
  if (kind === 'provider' && !Object.hasOwn(providers, step.name))
    throw plainFailure(`no provider is configured that does ${step.name}`);
}

/** An automatic first attempt goes on with what is under way; a retry says for which hosts it is. */
function choiceOf({ retry, choice }: HostAttempt): StepChoice {
  if (choice !== undefined) return choice;
  return retry > 0 ? 'unfinished' : 'underway';
}

/** How many of these may fail until more of the rollout have failed than may. */
async function mayStillFail(
  db: DbOrTransaction,
  most: number,
  { flow }: StepFacts,
  candidates: readonly StepCandidate[],
): Promise<number> {
  const { 3: failed } = await countHosts(db, flow.id);
  const again = candidates.filter(({ state }) => state === 3).length;
  return Math.max(0, most - (failed - again));
}

function stepHostOf(host: StepCandidate, { flow, kind }: StepFacts, busy: ReadonlySet<number>): StepHost {
  const { host_id: id, address, name, place } = host;
  const common = { id, address, name, place, fromRun: null };
  if (kind === 'script' && id === null) return { ...common, skipped: GONE, keeps: 'unreachable' };
  if (id !== null && busy.has(id)) return { ...common, skipped: BUSY, keeps: 'lost' };
  // Else nobody could get rid of the host: what comes before return_vm would fail on it for ever.
  if (kind === 'script' && flow.kind === 'shrink' && address === '') return { ...common, skipped: NO_MACHINE };
  return { ...common, skipped: kind === 'script' && host.is_disabled ? 'it is in maintenance' : '' };
}

/** The hosts of a step on which something else of a rollout is still under way, after what was given up had time to end. */
async function settledHosts(db: DbOrTransaction, attempt: HostAttempt, facts: StepFacts): Promise<number[]> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const candidates = await listCandidates(db, { ...placeOf(facts), choice: choiceOf(attempt) });
    const ids = candidates.flatMap(({ host_id }) => host_id ?? []);
    const busy = ids.length === 0 ? [] : await listBusyHosts(db, ids, attempt);
    if (busy.length === 0 || Date.now() >= until) return busy;
    await delay(LOOK_MS, undefined, { signal: attempt.signal });
  }
}

const earlierOf = ({ taskId, nodeId, loop, retry }: StepKey) => sql`
  select id from host_steps where task_id = ${taskId} and node_id = ${nodeId} and loop = ${loop} and retry < ${retry}`;
