import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson } from '../base/json';
import type { Transport } from './transport';

/** A program for hosts that lies beside this file, without its comments. */
export function readProgram(file: string): string {
  return readFileSync(join(__dirname, file), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n');
}

/** What any login shell, those that are no POSIX shell too, reads as one word as it stands. */
const PLAIN_WORD = /^[\w./:@%+,-][\w./:@%+,=-]*$/;

/**
 * The command that reads a program from standard input and runs it, with what comes after it as its input. It is the same
 * for every login shell, and nothing in it is secret: command lines can be seen by everybody on a host.
 *
 * @param words the program's arguments, each of them plain
 * @param become words before the shell, such as `sudo -n -H -u app`: who it runs as
 */
export function programCommand(
  program: string,
  words: readonly (string | number)[],
  become: readonly string[] = [],
): string {
  const all = [...become, ...words.map(String)];
  const odd = all.find((word) => !PLAIN_WORD.test(word));
  if (odd !== undefined) throw new Error(`${stringifyJson(odd)} cannot stand in a command as it is`);
  // What follows the program is for whoever reads after it: where dd cannot read so many bytes at once, it reads each alone.
  const bytes = Buffer.byteLength(program);
  const slowly = `slow=yes; h=$(dd bs=1 count=${bytes} 2>/dev/null)`;
  const reader = `slow=; h=$(dd bs=${bytes} count=1 iflag=fullblock 2>/dev/null) || { ${slowly}; }; eval "$h"`;
  return ['exec', ...become, 'sh', '-c', `'${reader}'`, 'gantry', ...words].join(' ');
}

/** Where a program runs, and as whom. */
export interface Place {
  transport: Transport;
  become?: readonly string[] | undefined;
}

/** Why a program has nothing to answer. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
}

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Runs a program that says little: a line with the token that it is given as its first argument, its lines, and `end`.
 *
 * @returns its lines
 * @throws NoAnswerError when it has not come to its end; TransportError
 */
export async function askProgram(
  { transport, become }: Place,
  program: string,
  words: readonly (string | number)[],
  { input = [], signal }: { input?: readonly Uint8Array[]; signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const token = randomBytes(9).toString('hex');
  const chunks: Uint8Array[] = [];
  let length = 0;
  const { code, stderr } = await transport.exec(programCommand(program, [token, ...words], become), {
    stdin: [Buffer.from(program), ...input],
    signal,
    onStdout: (bytes) => {
      chunks.push(Buffer.from(bytes));
      length += bytes.length;
      if (length > MAX_ANSWER_BYTES) throw new NoAnswerError('the host says more than there is to say');
    },
  });
  const lines = Buffer.concat(chunks).toString().split('\n');
  // What a login shell says of its own comes before that.
  const begin = lines.indexOf(`gantry ${token}`);
  const end = lines.indexOf('end', begin);
  if (begin >= 0 && end >= 0) return lines.slice(begin + 1, end);
  const said = [lines.join(' '), stderr].map((text) => text.trim().slice(0, 500)).filter((text) => text !== '');
  const how = code === null ? 'was ended by a signal' : `ended with ${code}`;
  throw new NoAnswerError([`the command on the host ${how} and gave no answer`, ...said].join(': '));
}
