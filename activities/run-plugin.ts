import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { isDatabasesFault } from '../db/errors';
import { findAttempt, loadProgress, type NodeExecutionChange, saveProgress } from '../db/node-executions';
import type { Json, JsonObject } from '../pipeline/json';
import { type Outcome, outputsOf } from '../pipeline/machine';
import { jsonBytes, MAX_VALUE_BYTES } from '../pipeline/size';
import { findPlugin } from '../plugins';
import type { ActivityPlugin, PluginContext } from '../plugins/plugin';
import { OpenedSecrets } from '../secrets/opened';
import type { PluginRunInput } from '../workflows/contract';
import { acceptable } from './acceptable';
import { failure, messageOf, pick } from './outcome';
import type { Recorder } from './recorder';
import { attemptOf, mayStartUnseen, StartRow } from './start-row';

const OUTCOME_UNKNOWN =
  'outcome unknown: a worker was lost while this node ran, and running it again could do its work twice; ' +
  'find out what happened, then retry or skip the node';

/** Longest time of a quick plugin. */
const QUICK_MS = 5_000;
/** Bytes of the outputs that the workflow goes on with: twenty times that fits into a message of Temporal's. */
const MAX_QUICK_OUTPUTS = 64 * 1024;

/** Waits between tries to record an end. */
const RECORD_DELAYS_MS = [100, 500, 5_000];
/** After so many the workflow is asked to do it. */
const RECORD_TRIES = 3;

/** Runs one attempt of a plugin and writes its rows. A plugin's failure is an outcome; only a crash is an error. */
export async function runPlugin(recorder: Recorder, code: string, input: PluginRunInput): Promise<Outcome> {
  const plugin = findPlugin(code, input.version);
  if (!plugin || 'inline' in plugin) return failure(`there is no plugin ${code} of version ${input.version}`);
  const start = new StartRow(recorder, input);
  if (mayStartUnseen(input)) start.writeIfItLasts();
  else {
    const refusal = await claim(start);
    if (refusal) return refusal === 'taken' ? findOutcome(recorder.db, input) : refusal;
  }
  const beat = setInterval(() => Context.current().heartbeat(), input.heartbeatMs / 3);
  try {
    const outcome = await perform(recorder.db, plugin, input, () => start.ensure());
    return await recordEnd(recorder.db, start, input, outcome);
  } finally {
    clearInterval(beat);
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

/**
 * Runs one attempt of a quick plugin. It leaves one row, at its end, which the caller writes: nobody would see the one of
 * its start, and repeating it does no harm.
 */
export async function runQuickly(
  db: Db,
  code: string,
  input: PluginRunInput,
): Promise<{ outcome: Outcome; row: NodeExecutionChange }> {
  const startedAt = Date.now();
  const timer = new AbortController();
  const attempt = attemptQuickly(db, code, input).finally(() => timer.abort());
  const outcome = limitOutputs(input, await Promise.race([attempt, tooSlow(timer.signal)]));
  const row = { ...endRow(input, outcome), startedAt, inputs: input.inputs };
  return { outcome: recordedOutcome(input, outcome), row };
}

/** The end of one whose own end the database did not take. */
export function failQuickly(input: PluginRunInput, problem: string): { outcome: Outcome; row: NodeExecutionChange } {
  const outcome = failure(unrecordable(problem));
  return { outcome: recordedOutcome(input, outcome), row: { ...endRow(input, outcome), startedAt: Date.now() } };
}

function unrecordable(problem: string): string {
  return `its work was done, but what came of it cannot be recorded: ${problem}`;
}

async function attemptQuickly(db: Db, code: string, input: PluginRunInput): Promise<Outcome> {
  const plugin = findPlugin(code, input.version);
  if (!plugin || 'inline' in plugin) return failure(`there is no plugin ${code} of version ${input.version}`);
  return perform(db, plugin, input, async () => {});
}

async function tooSlow(signal: AbortSignal): Promise<Outcome> {
  await delay(QUICK_MS, undefined, { signal }).catch(() => {});
  return failure(`a quick plugin has ${QUICK_MS} ms, and this one did not end`);
}

/** Many outcomes travel in one message, whose size is limited. */
function limitOutputs(input: PluginRunInput, outcome: Outcome): Outcome {
  const size = jsonBytes(pick(outcome.outputs, input.wantedOutputs));
  if (size <= MAX_QUICK_OUTPUTS) return outcome;
  return failure(
    `outputs that are used later are ${size} bytes of JSON: ${MAX_QUICK_OUTPUTS} is a quick plugin's limit`,
  );
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
async function perform(
  db: Db,
  plugin: ActivityPlugin,
  input: PluginRunInput,
  beforeSaving: () => Promise<void>,
): Promise<Outcome> {
  const secrets = new OpenedSecrets();
  const progress = progressOf(db, input, secrets, beforeSaving);
  const outcome = await callPlugin(plugin, input, secrets, progress);
  try {
    return acceptable(input, closed(outcome, secrets));
  } catch (error) {
    return failure(`its outputs cannot be recorded: ${messageOf(error)}`);
  }
}

function closed({ outputs, reason, ...outcome }: Outcome, secrets: OpenedSecrets): Outcome {
  return {
    ...outcome,
    outputs: secrets.close(outputs),
    ...(reason === undefined ? {} : { reason: secrets.close(reason) }),
  };
}

async function callPlugin(
  plugin: ActivityPlugin,
  input: PluginRunInput,
  secrets: OpenedSecrets,
  progress: PluginContext['progress'],
): Promise<Outcome> {
  const { cancellationSignal: signal } = Context.current();
  try {
    const parsed = plugin.inputs.safeParse(secrets.open(input.inputs));
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      return failure(`inputs are not valid: ${problems.join('; ')}`);
    }
    const outputs = await plugin.run(parsed.data as JsonObject, {
      run: { taskId: input.taskId, nodeId: input.nodeId, loop: input.loop, attempt: input.attempt },
      system: input.system,
      executor: input.executor ?? String(input.system.executor ?? ''),
      progress,
      signal,
    });
    return { ok: true, outputs, recorded: false };
  } catch (error) {
    // Cancelled by an operator, or by a shutdown of this worker: not a result of the plugin.
    if (signal.aborted) throw signal.reason;
    const { outputs = {} } = (error ?? {}) as { outputs?: JsonObject };
    return { ...failure(messageOf(error)), outputs };
  }
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
      if (!(await saveProgress(db, row, secrets.close(progress))))
        throw new Error('this attempt was overtaken by another one');
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
      if (!isDatabasesFault(error)) {
        return failure(unrecordable(messageOf(error)));
      }
    }
    if (tries >= RECORD_TRIES && jsonBytes(outcome) <= MAX_VALUE_BYTES) return outcome;
    await delay(RECORD_DELAYS_MS[Math.min(tries, RECORD_DELAYS_MS.length) - 1], undefined, { signal });
  }
}

function endRow(input: PluginRunInput, outcome: Outcome): NodeExecutionChange {
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
function recordedOutcome(input: PluginRunInput, outcome: Outcome): Outcome {
  return { ...outcome, outputs: pick(outcome.outputs, input.wantedOutputs), recorded: true };
}
