import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether somebody sits at a terminal, who can be asked. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Asks a question that is answered by yes or, whatever else is written, no. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `, { output: process.stderr })).trim());
}

/** Asks for a text that is not shown while it is written. */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(`${question}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask('', { output: nowhere, terminal: true });
  process.stderr.write('\n');
  return answer;
}

async function ask(question: string, to: { output: NodeJS.WritableStream; terminal?: boolean }): Promise<string> {
  const terminal = createInterface({ input: process.stdin, ...to });
  // At the end of the input there is no answer, and nobody would wait for one.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.close();
  }
}
