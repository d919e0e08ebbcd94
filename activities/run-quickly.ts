import { setTimeout as delay } from 'node:timers/promises';
import type { Db } from '../db/connection';
import type { NodeExecutionChange } from '../db/node-executions';
import type { Outcome } from '../pipeline/machine';
import { jsonBytes } from '../pipeline/size';
import { findPlugin } from '../plugins';
import type { PluginRunInput } from '../workflows/contract';
import { failure, pick, unrecordable } from './outcome';
import { endRow, perform, recordedOutcome } from './run-plugin';

/** Longest time of a quick plugin. */
const QUICK_MS = 5_000;
/** Bytes of the outputs that the workflow goes on with: twenty times that fits into a message of Temporal's. */
const MAX_QUICK_OUTPUTS = 64 * 1024;

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

async function attemptQuickly(db: Db, code: string, input: PluginRunInput): Promise<Outcome> {
  const plugin = findPlugin(code, input.version);
  if (!plugin || !('run' in plugin)) return failure(`there is no plugin ${code} of version ${input.version}`);
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
