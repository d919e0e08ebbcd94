import { type ChildProcess, execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 10;
const READY_WITHIN_MS = 60_000;

/**
 * Runs a program to its end.
 *
 * @param input what it reads from standard input
 * @returns what it wrote to standard output
 * @throws Error with what it wrote to standard error
 */
export function runProgram(program: string, args: readonly string[], input = '', env = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, env } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = [stderr.trim(), stdout.trim()].filter((text) => text !== '').join('\n');
      reject(new Error(`${program} ended with ${error.code ?? error.signal}: ${said}`, { cause: error }));
    });
    child.stdin!.on('error', () => {
      // It has ended and read nothing.
    });
    child.stdin!.end(input);
  });
}

/** Resolves when a process that we have started has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => child.once('exit', () => resolve()));
}

/** Resolves when something is so; `explain` says why it will not be, or has not become so. */
export async function until(what: string, isSo: () => boolean, explain: () => string, isOver = () => false) {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (!isSo()) {
    if (isOver() || Date.now() > giveUpAt) throw new Error(`${what} in vain: ${explain()}`);
    await delay(LOOK_EVERY_MS);
  }
}
