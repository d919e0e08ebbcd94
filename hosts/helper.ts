import { programCommand, readProgram } from './program';

export type Verb = 'start' | 'poll' | 'cancel' | 'forget';

/** The program that a host is sent with every call (`helper.sh` beside this file). */
export const HELPER: string = readProgram('helper.sh');

/**
 * The command that reads the helper from standard input and has it do something.
 *
 * @param words the verb's own arguments, each of them plain
 * @param become words before the shell, such as `sudo -n -H -u app`: whose run it is
 */
export function helperCommand(verb: Verb, words: readonly (string | number)[], become?: readonly string[]): string {
  return programCommand(HELPER, [verb, ...words], become);
}
