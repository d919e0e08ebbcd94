import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { findAttempt, loadProgress, type NodeExecutionChange, saveProgress } from '../db/node-executions';
import { findSecretsUpgrade } from '../db/vault';
import type { Json, JsonObject } from '../pipeline/json';
import { type Outcome, outputsOf } from '../pipeline/machine';
import { findPlugin } from '../plugins';
import { type ActivityPlugin, type PluginContext, PluginFailure } from '../plugins/plugin';
import { OpenedSecrets } from '../secrets/opened';
import { OLD_PREFIX, type Opening } from '../secrets/token';
import { findText } from '../secrets/walk';
import type { PluginRunInput } from '../workflows/contract';
import { reasonOf, reasonOfInputs } from './reason';
import type { Recorder, Rows } from './recorder';
import { attemptOf, mayStartUnseen, StartRow } from './start-row';

const OUTCOME_UNKNOWN =
  'outcome unknown: a worker was lost while this node ran, and running it again could do its work twice; ' +
  'find out what happened, then retry or skip the node';

/** Longest time of a quick plugin. */
const QUICK_MS = 5_000;
/** Characters of the outputs that the workflow goes on with: twenty times that fits into a message of Temporal's. */
const MAX_QUICK_OUTPUTS = 64 * 1024;

/** Tries to record an end before the workflow is asked to do it. */
const RECORD_DELAYS_MS = [0, 100, 500];

/** Runs one attempt of a plugin and writes its rows. A plugin's failure is an outcome; only a crash is an error. */
export async function runPlugin(recorder: Recorder, code: string, input: PluginRunInput): Promise<Outcome> {
  const plugin = findPlugin(code, input.version);
  if (!plugin || 'inline' in plugin) return failure(`there is no plugin ${code} of version ${input.version}`);
  const start = new StartRow(recorder, input);
  if (mayStartUnseen(input)) start.writeIfItLasts();
  else if (!(await start.write())) return findOutcome(recorder.db, input);
  const beat = setInterval(() => Context.current().heartbeat(), input.heartbeatMs / 3);
  try {
    const outcome = await perform(recorder.db, plugin, input, () => start.ensure());
    const rows = await start.complete(endRow(input, outcome));
    return await recordEnd(recorder, input, outcome, rows);
  } finally {
    clearInterval(beat);
    start.forget();
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
  const size = JSON.stringify(pick(outcome.outputs, input.wantedOutputs)).length;
  if (size <= MAX_QUICK_OUTPUTS) return outcome;
  return failure(
    `outputs that are used later are ${size} characters long: ${MAX_QUICK_OUTPUTS} is a quick plugin's limit`,
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
  const secrets = new OpenedSecrets(await openingFor(db, input));
  const progress = progressOf(db, input, secrets, beforeSaving);
  const { outputs, reason, ...outcome } = await callPlugin(plugin, input, secrets, progress);
  return { ...outcome, outputs: secrets.close(outputs), ...(reason === undefined ? {} : { reason }) };
}

/** Secrets open in the project of the task; those of the old form, which open anywhere, in tasks from before. */
async function openingFor(db: Db, { taskId, inputs, system }: PluginRunInput): Promise<Opening> {
  const place = Number(system.project_id);
  const isOld = (value: unknown) => findText(value, (text) => text.includes(OLD_PREFIX)) !== undefined;
  return { place, opensOld: isOld(inputs) && taskId <= (await findSecretsUpgrade(db)).lastTaskId };
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
    if (!parsed.success) return failure(reasonOfInputs(parsed.error, secrets));
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
    const { outputs = {} } = error as Error & { outputs?: JsonObject };
    return { ...failure(reasonOf(error as Error, secrets)), outputs };
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
      if (await saveProgress(db, row, secrets.close(progress))) return;
      const message = 'this attempt was overtaken by another one';
      throw new PluginFailure(message, {}, { plain: message });
    },
  };
}

/**
 * Writes the row of the end and says so in the outcome. When Postgres does not take it the workflow records it, however
 * long that takes, and needs all the outputs for it.
 */
async function recordEnd(recorder: Recorder, input: PluginRunInput, outcome: Outcome, rows: Rows): Promise<Outcome> {
  for (const delayMs of RECORD_DELAYS_MS) {
    if (delayMs > 0) await delay(delayMs);
    try {
      const taken = await recorder.record(input.taskId, rows);
      // Otherwise it has ended before, or was overtaken.
      if (taken.includes(input.seq + 1)) return recordedOutcome(input, outcome);
      return await findOutcome(recorder.db, input);
    } catch (error) {
      Context.current().log.warn('the end of an attempt could not be recorded', { nodeId: input.nodeId, error });
    }
  }
  return outcome;
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

function pick(outputs: JsonObject, wanted: string[] | 'all'): JsonObject {
  if (wanted === 'all') return outputs;
  return Object.fromEntries(
    wanted.filter((name) => Object.hasOwn(outputs, name)).map((name) => [name, outputs[name]!]),
  );
}

function failure(reason: string): Outcome {
  return { ok: false, outputs: {}, reason, recorded: false };
}
