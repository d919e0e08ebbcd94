import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { isDatabasesFault } from '../db/errors';
import { findAttempt, loadProgress, type NodeExecutionChange, saveProgress } from '../db/node-executions';
import type { Json, JsonObject } from '../pipeline/json';
import { type Outcome, outputsOf } from '../pipeline/machine';
import { jsonBytes, MAX_VALUE_BYTES } from '../pipeline/size';
import { findPlugin } from '../plugins';
import { type ActivityPlugin, type PluginContext, PluginFailure } from '../plugins/plugin';
import { OpenedSecrets } from '../secrets/opened';
import type { PluginRunInput } from '../workflows/contract';
import { acceptable } from './acceptable';
import { beating, contextOf, openingFor, readInputs } from './attempt-inputs';
import type { HostMeans } from './hosts/means';
import { failure, failureOf, messageOf, pick, unrecordable } from './outcome';
import type { Recorder } from './recorder';
import { FlowBatches } from './rollouts/batches';
import { runRoundStep } from './run-round';
import { attemptOf, mayStartUnseen, StartRow } from './start-row';
import { TryAgain } from './try-again';

const OUTCOME_UNKNOWN =
  'outcome unknown: a worker was lost while this node ran, and running it again could do its work twice; ' +
  'find out what happened, then retry or skip the node';

/** Waits between tries to record an end. */
const RECORD_DELAYS_MS = [100, 500, 5_000];
/** After so many the workflow is asked to do it. */
const RECORD_TRIES = 3;

/** Runs one attempt of a plugin and writes its rows. A plugin's failure is an outcome; only a crash is an error. */
export async function runPlugin(
  { recorder, hosts }: { recorder: Recorder; hosts: HostMeans },
  code: string,
  input: PluginRunInput,
): Promise<Outcome> {
  const plugin = findPlugin(code, input.version);
  if (plugin && 'rounds' in plugin) return runRoundStep(hosts, plugin, input);
  if (!plugin || 'inline' in plugin) return failure(`there is no plugin ${code} of version ${input.version}`);
  const start = new StartRow(recorder, input);
  if (mayStartUnseen(input)) start.writeIfItLasts();
  else {
    const refusal = await claim(start);
    if (refusal) return refusal === 'taken' ? findOutcome(recorder.db, input) : refusal;
  }
  try {
    return await beating(input, async () => {
      const outcome = await perform(recorder.db, plugin, input, () => start.ensure());
      return recordEnd(recorder.db, start, input, outcome);
    });
  } finally {
    start.forget();
  }
}

/** Writes the row of a start, by which the attempt is ours. Why it is not; undefined when it is. */
async function claim(start: StartRow): Promise<'taken' | Outcome | undefined> {
  try {
    return (await start.write()) ? undefined : 'taken';
  } catch (error) {
    if (isDatabasesFault(error)) throw error;
    return failure(`nothing was done, because its start cannot be recorded: ${messageOf(error)}`);
  }
}

/** What became of an attempt that cannot be claimed: an earlier run may have recorded its end before its worker was lost. */
async function findOutcome(db: Db, input: PluginRunInput): Promise<Outcome> {
  const attempt = await findAttempt(db, { taskId: input.taskId, ...attemptOf(input) });
  if (attempt?.seq !== input.seq + 1) return failure(OUTCOME_UNKNOWN);
  const { _result, ex_data, ...outputs } = (attempt.outputs ?? {}) as JsonObject;
  const reason = typeof ex_data === 'string' ? { reason: ex_data } : {};
  return { ok: _result === true, outputs: pick(outputs, input.wantedOutputs), ...reason, recorded: true };
}

/** The plugin gets its inputs with the secrets in them open; in all that comes back they are closed again. */
export async function perform(
  db: Db,
  plugin: ActivityPlugin,
  input: PluginRunInput,
  beforeSaving: () => Promise<void>,
): Promise<Outcome> {
  const secrets = new OpenedSecrets(await openingFor(db, input, input.inputs));
  const progress = progressOf(db, input, secrets, beforeSaving);
  const outcome = acceptable(
    input,
    await callPlugin(plugin, input, secrets, { progress, batches: batchesOf(db, input) }),
  );
  const outputs = secrets.close(outcome.outputs);
  // Tokens are longer than what they stand for.
  return outputs === outcome.outputs ? outcome : acceptable(input, { ...outcome, outputs });
}

async function callPlugin(
  plugin: ActivityPlugin,
  input: PluginRunInput,
  secrets: OpenedSecrets,
  more: Pick<PluginContext, 'progress' | 'batches'>,
): Promise<Outcome> {
  const { cancellationSignal: signal } = Context.current();
  try {
    const read = readInputs(plugin, input, input.inputs, secrets);
    if ('refusal' in read) return failure(read.refusal);
    const outputs = await plugin.run(read.inputs, { ...contextOf(input, signal), ...more });
    return { ok: true, outputs, recorded: false };
  } catch (error) {
    // Cancelled by an operator, or by a shutdown of this worker: not a result of the plugin.
    if (signal.aborted) throw signal.reason;
    if (error instanceof TryAgain) throw error.cause;
    return failureOf(error, secrets);
  }
}

function batchesOf(db: Db, { taskId, loop, system }: PluginRunInput): FlowBatches {
  return new FlowBatches(db, { taskId, loop, projectId: Number(system.project_id) });
}

/** Kept beside the attempt's row, under its fence: an attempt that was overtaken saves nothing. */
function progressOf(
  db: Db,
  { taskId, nodeId, loop, attempt, seq }: PluginRunInput,
  secrets: OpenedSecrets,
  beforeSaving: () => Promise<void>,
): PluginContext['progress'] {
  const row = { taskId, nodeId, loop, retry: attempt - 1, seq };
  return {
    load: async () => secrets.open((await loadProgress(db, row)) as Json),
    async save(progress) {
      await beforeSaving();
      if (await saveProgress(db, row, secrets.close(progress))) return;
      const message = 'this attempt was overtaken by another one';
      throw new PluginFailure(message, {}, { plain: message });
    },
  };
}

/**
 * Writes the row of the end and says so in the outcome. When Postgres cannot take it now, the workflow records it, however
 * long that takes, and needs all the outputs for it; what is too large to be sent there is tried here. When it never
 * will, the attempt has failed.
 */
async function recordEnd(db: Db, start: StartRow, input: PluginRunInput, outcome: Outcome): Promise<Outcome> {
  const { cancellationSignal: signal, log } = Context.current();
  const row = await start.complete(endRow(input, outcome));
  for (let tries = 1; ; tries++) {
    try {
      const taken = await start.record([row]);
      // Otherwise it has ended before, or was overtaken.
      if (!taken.includes(input.seq + 1)) return await findOutcome(db, input);
      return start.isAlongRefused ? outcome : recordedOutcome(input, outcome);
    } catch (error) {
      log.warn('the end of an attempt could not be recorded', { nodeId: input.nodeId, error });
      if (!isDatabasesFault(error)) return failure(unrecordable(messageOf(error)));
    }
    if (tries >= RECORD_TRIES && jsonBytes(outcome) <= MAX_VALUE_BYTES) return outcome;
    // A worker that is being stopped still hands over what it may; only what it cannot is left to another one.
    const until = tries < RECORD_TRIES ? {} : { signal };
    await delay(RECORD_DELAYS_MS[Math.min(tries, RECORD_DELAYS_MS.length) - 1], undefined, until);
  }
}

export function endRow(input: PluginRunInput, outcome: Outcome): NodeExecutionChange {
  const isIgnored = !outcome.ok && input.ignoreFailure;
  return {
    ...attemptOf(input),
    seq: input.seq + 1,
    status: outcome.ok || isIgnored ? 'FINISHED' : 'FAILED',
    errorIgnored: isIgnored,
    willRetry: input.willRetry,
    finishedAt: Date.now(),
    outputs: outputsOf(outcome, input),
  };
}

/** What the machine needs to hear when the row is written. */
export function recordedOutcome(input: PluginRunInput, outcome: Outcome): Outcome {
  return { ...outcome, outputs: pick(outcome.outputs, input.wantedOutputs), recorded: true };
}
