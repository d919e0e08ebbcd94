import { ApplicationFailure, Context } from '@temporalio/activity';
import { isStartedByTrustedApp, listChangers } from '../db/access';
import type { Db } from '../db/connection';
import { isDatabasesFault } from '../db/errors';
import { findAttempt } from '../db/node-executions';
import type { JsonObject } from '../pipeline/json';
import type { Outcome, RoundStep } from '../pipeline/machine';
import type { RoundAnswer, RoundContext, RoundsEnd, RoundsPlugin } from '../plugins/plugin';
import { OpenedSecrets } from '../secrets/opened';
import type { PluginRunInput } from '../workflows/contract';
import { acceptable } from './acceptable';
import { beating, contextOf, openingFor, readInputs } from './attempt-inputs';
import type { HostAttempt, HostMeans } from './hosts/means';
import { HostSteps } from './hosts/steps';
import { failure, failureOf } from './outcome';
import { FlowSteps } from './rollouts/steps';
import { attemptOf } from './start-row';

/**
 * Does one step of an attempt that is worked off in rounds: a part of the work, or the question what follows. The rows of
 * the attempt are the machine's to write. Postgres' faults are thrown, because every step may be done again.
 *
 * @throws Error for an attempt that nobody has recorded yet, which is then tried again
 */
export async function runRoundStep(means: HostMeans, plugin: RoundsPlugin, input: PluginRunInput): Promise<Outcome> {
  const { db } = means.reach;
  const { round } = input;
  if (!round) return failure(`plugin ${plugin.code} works in rounds, which the build that asks for it does not know`);
  const { cancellationSignal: signal } = Context.current();
  const inputs = await inputsOf(db, input);
  const secrets = new OpenedSecrets(await openingFor(db, input, inputs));
  const read = readInputs(plugin, input, inputs, secrets);
  if ('refusal' in read) return failure(read.refusal);
  const common = contextOf(input, signal);
  const executor = { username: common.executor, isTrusted: await isStartedByTrustedApp(db, input.taskId) };
  const changers = await listChangers(db, input);
  const attempt = attemptOnHosts(input, { executor, changers, secrets, signal });
  const hosts = new HostSteps(means, attempt);
  const rollouts = new FlowSteps(means, attempt);
  try {
    const context = { ...common, round: round.number, inputs: read.inputs, hosts, rollouts };
    const outcome = acceptable(input, await beating(input, () => doStep(plugin, round, context, secrets)));
    return { ...outcome, outputs: secrets.close(outcome.outputs) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isDatabasesFault(error)) throw error;
    const failed = acceptable(input, failureOf(error, secrets));
    return hosts.hasBegun || rollouts.hasBegun ? failed : { ...failed, isUnbegun: true };
  }
}

/** The attempt for whom works on hosts, in the name of the executor of the task. */
function attemptOnHosts(
  { taskId, nodeId, loop, attempt, system, round }: PluginRunInput,
  more: Pick<HostAttempt, 'executor' | 'changers' | 'secrets' | 'signal'>,
): HostAttempt {
  return {
    taskId,
    nodeId,
    loop,
    retry: attempt - 1,
    projectId: Number(system.project_id),
    choice: round?.hosts,
    ...more,
  };
}

async function doStep(
  { rounds }: RoundsPlugin,
  step: RoundStep,
  context: RoundContext,
  secrets: OpenedSecrets,
): Promise<Outcome> {
  const { part, of = 1, callback, crashed, goesOn } = step;
  if (part !== undefined) {
    const end = await rounds.part({ ...context, part, of });
    return end ? { ...endOf(end, secrets), ends: true } : { ok: true, outputs: {}, recorded: false };
  }
  const first = await rounds.next({ ...context, callback, crashed });
  const isOnePart = goesOn && 'parts' in first && first.parts === 1;
  const answer = isOnePart ? await goOn(rounds, context, first) : first;
  if ('done' in answer || 'failed' in answer) return endOf(answer, secrets);
  return { ok: true, outputs: {}, recorded: false, next: answer };
}

/** What follows once the only part of a round is done. One that crashes is opened as a part, so that it counts. */
async function goOn(
  rounds: RoundsPlugin['rounds'],
  context: RoundContext,
  onePart: RoundAnswer & { parts: number },
): Promise<RoundAnswer> {
  let end: RoundsEnd | undefined;
  try {
    end = await rounds.part({ ...context, part: 0, of: 1 });
  } catch (error) {
    if (context.signal.aborted || isDatabasesFault(error)) throw error;
    return onePart;
  }
  return end ?? rounds.next({ ...context, callback: undefined, crashed: undefined });
}

function endOf(end: RoundsEnd, secrets: OpenedSecrets): Outcome {
  return 'done' in end ? { ok: true, outputs: end.done, recorded: false } : failureOf(end.failed, secrets);
}

/** The first question brings the inputs; later steps find them in the row of the attempt. */
async function inputsOf(db: Db, input: PluginRunInput): Promise<JsonObject> {
  if (input.round?.number === 1 && input.round.part === undefined) return input.inputs;
  const attempt = await findAttempt(db, { taskId: input.taskId, ...attemptOf(input) });
  if (attempt?.inputs) return attempt.inputs as JsonObject;
  throw ApplicationFailure.retryable(`the start of node ${input.nodeId} is not recorded yet`);
}
