import type { z } from 'zod';
import { errorKind, type PluginFailure, withAnswer } from '../plugins/plugin';
import type { OpenedSecrets } from '../secrets/opened';

/** Long enough for any message; what is longer is something that a message quotes. */
const MAX_CHECKED = 10_000;

/**
 * Why a plugin failed, for people. Messages quote what a user wrote, or pieces of it; where there was a password in the
 * inputs nothing is shown of which it is not known that it quotes nothing, or that no piece of a password is in it.
 */
export function reasonOf(error: Error & Partial<PluginFailure>, secrets: OpenedSecrets): string {
  const { name, message, plain, answer } = error;
  // Of keys, never of what they open.
  if (!secrets.hasAny || name === 'SecretError') return secrets.mask(message);
  if (plain !== undefined) {
    const told = answer === undefined ? plain : withAnswer(plain, secrets.mask(answer));
    return secrets.showsPiece(told.slice(plain.length)) ? plain : told;
  }
  const masked = name === 'PluginFailure' ? secrets.mask(message) : '';
  if (masked !== '' && masked.length <= MAX_CHECKED && !secrets.showsPiece(masked)) return masked;
  return `the plugin failed (${errorKind(error)}): the message is left out, because it may quote a password`;
}

/** What is wrong with inputs: their names and how, and, unless there was a password among them, in which words. */
export function reasonOfInputs({ issues }: z.ZodError, secrets: OpenedSecrets): string {
  const problems = issues.map(({ code, path, message }) => {
    // Names further in are the user's own.
    const known = path.filter((step, depth) => depth === 0 || typeof step === 'number');
    return secrets.hasAny ? `${known.join('.')}: ${code}` : `${path.join('.')}: ${message}`;
  });
  return `inputs are not valid: ${problems.join('; ')}`;
}
