import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

const BROKEN_OFF = 'broken off: what was not answered is as it was';

/** Whether somebody sits at a terminal, who can be asked. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Asks a question that is answered by yes or, whatever else is written, no. @throws Error when it is broken off */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `, { output: process.stderr })).trim());
}

/** Asks for a text that is not shown while it is written. @throws Error when it is broken off */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(`${question}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await ask('', { output: nowhere, terminal: true });
  } finally {
    // The line end was not shown either.
    process.stderr.write('\n');
  }
}

async function ask(question: string, to: { output: NodeJS.WritableStream; terminal?: boolean }): Promise<string> {
  const terminal = createInterface({ input: process.stdin, ...to });
  // After Ctrl-C, and at the end of the input, there is no answer, and nothing would wait for one.
  const closed = new Promise<never>((_resolve, reject) => terminal.once('close', () => reject(new Error(BROKEN_OFF))));
  try {
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.close();
  }
}
