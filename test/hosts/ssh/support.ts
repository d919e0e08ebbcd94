import { SshPool, type SshPoolOptions } from '../../../hosts/ssh/pool';
import type { ExecOptions, Exit, Transport, TransportError } from '../../../hosts/transport';

/** A pool that may reach this machine, pins nothing, and does not wait long before it tries again. */
export function newPool(more: Partial<SshPoolOptions> = {}): SshPool {
  return new SshPool({
    allows: () => true,
    pin: () => Promise.reject(new Error('nothing is to be pinned here')),
    retryMs: 5,
    ...more,
  });
}

export interface Said extends Exit {
  stdout: string;
}

/** Gives a command and keeps all that it says. */
export async function say(transport: Transport, command: string, more: Partial<ExecOptions> = {}): Promise<Said> {
  const chunks: Buffer[] = [];
  const exit = await transport.exec(command, {
    stdin: [],
    onStdout: (bytes) => {
      chunks.push(Buffer.from(bytes));
    },
    ...more,
  });
  return { ...exit, stdout: Buffer.concat(chunks).toString() };
}

/** The error that something ends in. */
export async function failureOf(work: Promise<unknown>): Promise<TransportError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`this should have failed, and came to ${JSON.stringify(outcome.value)}`);
  return outcome.error as TransportError;
}

/** A promise that the test settles. */
export function later<T = void>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let settle: { resolve(value: T): void; reject(error: unknown): void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
