import { settleJson } from '../base/json';
import type { JsonObject } from '../pipeline/json';
import type { Outcome } from '../pipeline/machine';
import { jsonBytes, MAX_VALUE_BYTES, utf8Bytes } from '../pipeline/size';
import { isDeeperThan } from '../pipeline/tree/depth';
import { MAX_JSON_DEPTH } from '../pipeline/tree/limits';
import type { PluginRunInput } from '../workflows/contract';
import { failure, pick } from './outcome';

/** Bytes of all outputs of a node, which are a row of Postgres. */
const MAX_RECORDED_BYTES = 16 * 1024 * 1024;
/** An answer that is as deep as it may be is inside the outputs. */
const MAX_DEPTH = MAX_JSON_DEPTH + 10;
/** Characters; those of twenty quick ones go in one message. */
const MAX_REASON = 8 * 1024;

/**
 * What a plugin's attempt left, as far as it can be recorded and sent to the workflow: what cannot fails the attempt
 * here, where it says so, instead of whoever writes it.
 */
export function acceptable(input: PluginRunInput, outcome: Outcome): Outcome {
  const looked = lookAt(input, outcome);
  const { reason } = outcome;
  const shortened = reason === undefined || reason.length <= MAX_REASON ? {} : { reason: reason.slice(0, MAX_REASON) };
  if (typeof looked !== 'string') return { ...outcome, outputs: looked, ...shortened };
  return failure(outcome.ok ? looked : `${shortened.reason ?? reason} (${looked})`);
}

/** The outputs, with their whole numbers as everybody has them, or why they are refused. */
function lookAt({ wantedOutputs }: PluginRunInput, { outputs }: Outcome): JsonObject | string {
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs)) return 'its outputs are no object';
  try {
    const { text, value } = settleJson(outputs);
    const size = utf8Bytes(text);
    if (size > MAX_RECORDED_BYTES) {
      return `its outputs are ${size} bytes of JSON: ${MAX_RECORDED_BYTES} is the limit of what is recorded`;
    }
    if (isDeeperThan(outputs, MAX_DEPTH)) return `its outputs are nested deeper than ${MAX_JSON_DEPTH} levels`;
    const sent = size <= MAX_VALUE_BYTES ? 0 : jsonBytes(pick(outputs, wantedOutputs));
    if (sent <= MAX_VALUE_BYTES) return value as JsonObject;
    return `its outputs that are used later are ${sent} bytes of JSON: ${MAX_VALUE_BYTES} is the limit`;
  } catch (error) {
    return `its outputs cannot be recorded: ${(error as Error).message}`;
  }
}
