import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '../base/json';

export type Verb = 'start' | 'poll' | 'cancel' | 'forget';

/** The program that a host is sent with every call (`helper.sh` beside this file), without its comments. */
export const HELPER: string = readFileSync(join(__dirname, 'helper.sh'), 'utf8')
  .split('\n')
  .filter((line) => !/^\s*(#|$)/.test(line))
  .join('\n');

/** What any login shell, those that are no POSIX shell too, reads as one word as it stands. */
const PLAIN_WORD = /^[\w./:@%+,-][\w./:@%+,=-]*$/;

/**
 * The command that reads the helper from standard input and has it do something. It is the same for every login shell,
 * and nothing in it is secret: command lines can be seen by everybody on a host.
 *
 * @param words the verb's own arguments, each of them plain
 * @param prefix words before the shell, such as `sudo -n -H -u app`: whose run it is
 */
export function helperCommand(verb: Verb, words: readonly (string | number)[], prefix: readonly string[] = []): string {
  const all = [...prefix, ...words.map(String)];
  const odd = all.find((word) => !PLAIN_WORD.test(word));
  if (odd !== undefined) throw new Error(`${stringifyJson(odd)} cannot stand in a command as it is`);
  // One byte at a time: what follows the helper is for whoever reads after it.
  const program = `h=$(dd bs=1 count=${Buffer.byteLength(HELPER)} 2>/dev/null); eval "$h"`;
  return ['exec', ...prefix, 'sh', '-c', `'${program}'`, 'gantry', verb, ...words].join(' ');
}
