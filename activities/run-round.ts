import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { isDatabasesFault } from '../db/errors';
import { findAttempt } from '../db/node-executions';
import type { JsonObject } from '../pipeline/json';
import type { Outcome, RoundStep } from '../pipeline/machine';
import type { RoundContext, RoundsPlugin } from '../plugins/plugin';
import { OpenedSecrets } from '../secrets/opened';
import type { PluginRunInput } from '../workflows/contract';
import { acceptable } from './acceptable';
import { beating, contextOf, openingFor, readInputs } from './attempt-inputs';
import { failure, failureOf } from './outcome';
import { attemptOf } from './start-row';

/**
 * Does one step of an attempt that is worked off in rounds: a part of the work, or the question what follows. The rows of
 * the attempt are the machine's to write. Postgres' faults are thrown, because every step may be done again.
 *
 * @throws Error for an attempt that nobody has recorded yet, which is then tried again
 */
export async function runRoundStep(db: Db, plugin: RoundsPlugin, input: PluginRunInput): Promise<Outcome> {
  const { round } = input;
  if (!round) return failure(`plugin ${plugin.code} works in rounds, which the build that asks for it does not know`);
  const { cancellationSignal: signal } = Context.current();
  const inputs = await inputsOf(db, input);
  const secrets = new OpenedSecrets(await openingFor(db, input, inputs));
  const read = readInputs(plugin, input, inputs, secrets);
  if ('refusal' in read) return failure(read.refusal);
  try {
    const context = { ...contextOf(input, signal), round: round.number, inputs: read.inputs };
    const outcome = acceptable(input, await beating(input, () => doStep(plugin, round, context)));
    return { ...outcome, outputs: secrets.close(outcome.outputs) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isDatabasesFault(error)) throw error;
    return acceptable(input, failureOf(error, secrets));
  }
}

async function doStep({ rounds }: RoundsPlugin, step: RoundStep, context: RoundContext): Promise<Outcome> {
  const { part, callback, crashed } = step;
  if (part !== undefined) {
    await rounds.part({ ...context, part });
    return { ok: true, outputs: {}, recorded: false };
  }
  const answer = await rounds.next({ ...context, callback, crashed });
  if ('done' in answer) return { ok: true, outputs: answer.done, recorded: false };
  return { ok: true, outputs: {}, recorded: false, next: answer };
}

/** The first question brings the inputs; later steps find them in the row of the attempt. */
async function inputsOf(db: Db, input: PluginRunInput): Promise<JsonObject> {
  if (input.round?.number === 1 && input.round.part === undefined) return input.inputs;
  const attempt = await findAttempt(db, { taskId: input.taskId, ...attemptOf(input) });
  if (attempt?.inputs) return attempt.inputs as JsonObject;
  throw ApplicationFailure.retryable(`the start of node ${input.nodeId} is not recorded yet`);
}
