import { isNativeError } from 'node:util/types';
import type { Command } from '../../cli/commands';

const { Interface } = jest.requireActual('node:readline/promises');

/** What a command prints, and its exit code. */
export interface Printed {
  code: number;
  out: string;
  err: string;
}

/** Runs a command of the command line in this process. */
export async function run(command: Command, ...args: string[]): Promise<Printed> {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const textOf = (spy: jest.SpyInstance) => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
  try {
    const code = await command(args);
    return { code, out: textOf(out), err: textOf(err) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** What a command says when it does nothing but that. */
export async function refusalOf(command: Command, ...args: string[]): Promise<Error> {
  const { code, out, err } = await run(command, ...args).catch((thrown: Error) => ({ code: thrown, out: '', err: '' }));
  // Errors of Node itself are of another realm under Jest.
  if (isNativeError(code)) return code;
  throw new Error(`it was not refused: ${code} ${out} ${err}`);
}

/** Does something as if somebody sat at a terminal, who answers so; the questions are returned. */
export async function atTerminal(answers: readonly string[], work: () => Promise<void>): Promise<void> {
  const restore = [process.stdin, process.stdout].map((stream) => {
    const was = Object.getOwnPropertyDescriptor(stream, 'isTTY');
    Object.defineProperty(stream, 'isTTY', { value: true, configurable: true });
    return () => (was ? Object.defineProperty(stream, 'isTTY', was) : Reflect.deleteProperty(stream, 'isTTY'));
  });
  const question = jest.spyOn(Interface.prototype, 'question');
  for (const answer of answers) question.mockResolvedValueOnce(answer);
  question.mockRejectedValue(new Error('it is not expected to ask that'));
  try {
    await work();
    expect(question).toHaveBeenCalledTimes(answers.length);
  } finally {
    question.mockRestore();
    for (const one of restore) one();
  }
}
