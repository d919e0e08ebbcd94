import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Db } from '../db/connection';
import { findAttempt, loadProgress, saveProgress, upsertNodeExecutions } from '../db/node-executions';
import type { Json, JsonObject } from '../pipeline/json';
import { type Outcome, outputsOf } from '../pipeline/machine';
import { findPlugin } from '../plugins';
import type { ActivityPlugin, PluginContext } from '../plugins/plugin';
import type { PluginRunInput } from '../workflows/contract';

const OUTCOME_UNKNOWN =
  'outcome unknown: a worker was lost while this node ran, and running it again could do its work twice; ' +
  'find out what happened, then retry or skip the node';

/** Tries to record an end before the workflow is asked to do it. */
const RECORD_DELAYS_MS = [0, 100, 500];

/** Runs one attempt of a plugin and writes its rows. A plugin's failure is an outcome; only a crash is an error. */
export async function runPlugin(db: Db, code: string, input: PluginRunInput): Promise<Outcome> {
  const plugin = findPlugin(code, input.version);
  if (!plugin || 'inline' in plugin) return failure(`there is no plugin ${code} of version ${input.version}`);
  if (Context.current().info.isLocal) return runQuickly(db, plugin, input);
  if (!(await claim(db, input))) return findOutcome(db, input);
  const beat = setInterval(() => Context.current().heartbeat(), input.heartbeatMs / 3);
  try {
    const outcome = await perform(db, plugin, input);
    return await recordEnd(db, input, outcome, {});
  } finally {
    clearInterval(beat);
  }
}

/** A quick plugin leaves one row, at its end: nobody would see the one of its start, and repeating it does no harm. */
async function runQuickly(db: Db, plugin: ActivityPlugin, input: PluginRunInput): Promise<Outcome> {
  const startedAt = Date.now();
  const outcome = await perform(db, plugin, input);
  return recordEnd(db, input, outcome, { startedAt, inputs: input.inputs });
}

/**
 * Records that the attempt begins. Work that must not be done twice is claimed: when the row is there already, an
 * earlier run of this activity may have done it.
 */
async function claim(db: Db, input: PluginRunInput): Promise<boolean> {
  const row = { ...rowOf(input), seq: input.seq, status: 'RUNNING', startedAt: Date.now(), inputs: input.inputs };
  return (await upsertNodeExecutions(db, input.taskId, [row], input.effect === 'once' ? 'newer' : 'retake')) === 1;
}

/** What became of an attempt that cannot be claimed: an earlier run may have recorded its end before its worker was lost. */
async function findOutcome(db: Db, input: PluginRunInput): Promise<Outcome> {
  const attempt = await findAttempt(db, { taskId: input.taskId, ...rowOf(input) });
  if (attempt?.seq !== input.seq + 1) return failure(OUTCOME_UNKNOWN);
  const { _result, ex_data, ...outputs } = (attempt.outputs ?? {}) as JsonObject;
  const reason = typeof ex_data === 'string' ? { reason: ex_data } : {};
  return { ok: _result === true, outputs: pick(outputs, input.wantedOutputs), ...reason, recorded: true };
}

async function perform(db: Db, plugin: ActivityPlugin, input: PluginRunInput): Promise<Outcome> {
  const { cancellationSignal: signal } = Context.current();
  const parsed = plugin.inputs.safeParse(input.inputs);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return failure(`inputs are not valid: ${problems.join('; ')}`);
  }
  try {
    const outputs = await plugin.run(parsed.data as JsonObject, {
      run: { taskId: input.taskId, nodeId: input.nodeId, loop: input.loop, attempt: input.attempt },
      system: input.system,
      executor: input.executor ?? String(input.system.executor ?? ''),
      progress: progressOf(db, input),
      signal,
    });
    return { ok: true, outputs, recorded: false };
  } catch (error) {
    // Cancelled by an operator, or by a shutdown of this worker: not a result of the plugin.
    if (signal.aborted) throw signal.reason;
    const { message, outputs = {} } = error as Error & { outputs?: JsonObject };
    return { ...failure(message), outputs };
  }
}

/** Kept beside the attempt's row, under its fence: an attempt that was overtaken saves nothing. */
function progressOf(db: Db, { taskId, nodeId, loop, attempt, seq }: PluginRunInput): PluginContext['progress'] {
  const row = { taskId, nodeId, loop, retry: attempt - 1, seq };
  return {
    load: async () => (await loadProgress(db, row)) as Json,
    async save(progress) {
      if (!(await saveProgress(db, row, progress))) throw new Error('this attempt was overtaken by another one');
    },
  };
}

/**
 * Writes the row of the end and says so in the outcome. When Postgres does not take it the workflow records it, however
 * long that takes, and needs all the outputs for it.
 */
async function recordEnd(
  db: Db,
  input: PluginRunInput,
  outcome: Outcome,
  start: { startedAt?: number; inputs?: JsonObject },
): Promise<Outcome> {
  const isIgnored = !outcome.ok && input.ignoreFailure;
  const row = {
    ...rowOf(input),
    ...start,
    seq: input.seq + 1,
    status: outcome.ok || isIgnored ? 'FINISHED' : 'FAILED',
    errorIgnored: isIgnored,
    finishedAt: Date.now(),
    outputs: outputsOf(outcome, input),
  };
  for (const delayMs of RECORD_DELAYS_MS) {
    if (delayMs > 0) await delay(delayMs);
    try {
      await upsertNodeExecutions(db, input.taskId, [row]);
      return { ...outcome, outputs: pick(outcome.outputs, input.wantedOutputs), recorded: true };
    } catch (error) {
      Context.current().log.warn('the end of an attempt could not be recorded', { nodeId: input.nodeId, error });
    }
  }
  return outcome;
}

function rowOf({ nodeId, loop, innerLoop, attempt }: PluginRunInput) {
  return { nodeId, loop, innerLoop, retry: attempt - 1 };
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
