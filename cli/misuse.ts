import { isNativeError } from 'node:util/types';

/** A command that cannot be understood as it was typed; its message says how it is meant. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** Whether an error is about what was typed: also those of Node's parser of arguments. */
export function isMisuse(error: unknown): boolean {
  // Errors of Node itself are of another realm under Jest: `instanceof` does not know them.
  if (!isNativeError(error)) return false;
  const { code } = error as { code?: unknown };
  return error.name === 'Misuse' || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_'));
}

/** How a command ends that throws: 2 for what was typed, 3 where the API does not answer, else 1. */
export function exitCodeOf(error: unknown): number {
  if (isMisuse(error)) return 2;
  return isNativeError(error) && error.name === 'Unreachable' ? 3 : 1;
}
