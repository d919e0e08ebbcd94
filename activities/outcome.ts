import type { JsonObject } from '../pipeline/json';
import type { Outcome } from '../pipeline/machine';
import type { OpenedSecrets } from '../secrets/opened';
import { reasonOf } from './reason';

/** An attempt that came to nothing. */
export function failure(reason: string): Outcome {
  return { ok: false, outputs: {}, reason, recorded: false };
}

/** An attempt whose plugin threw something: the message, without secrets, and the outputs that came with it. */
export function failureOf(thrown: unknown, secrets: OpenedSecrets): Outcome {
  const failed = asError(thrown);
  return { ...failure(reasonOf(failed, secrets)), outputs: failed.outputs ?? {} };
}

/** Why an attempt failed though its work was done. */
export function unrecordable(problem: string): string {
  return `its work was done, but what came of it cannot be recorded: ${problem}`;
}

/** The outputs that the machine goes on with. */
export function pick(outputs: JsonObject, wanted: string[] | 'all'): JsonObject {
  if (wanted === 'all') return outputs;
  return Object.fromEntries(
    wanted.filter((name) => Object.hasOwn(outputs, name)).map((name) => [name, outputs[name]!]),
  );
}

/** What was thrown, as an error that has a message. */
function asError(thrown: unknown): Error & { outputs?: JsonObject } {
  const isError = typeof thrown === 'object' && thrown !== null && typeof (thrown as Error).message === 'string';
  return isError ? (thrown as Error & { outputs?: JsonObject }) : new Error(messageOf(thrown));
}

/** What went wrong, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return String(thrown);
}
